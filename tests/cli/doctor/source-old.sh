. "$CASE_DIR/tree.sh"
rust 6.1.0; printf 'module! {\n type: M,\n name: "m",\n authors: ["A"],\n alias: "x",\n firmware: ["f"],\n params: {},\n}\n' >m/m.rs
doctor -q --root ./tree m | grep -A 2 '  source: '
