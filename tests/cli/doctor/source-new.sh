. "$CASE_DIR/tree.sh"
rust 7.2.0; printf 'module! {\n type: M,\n name: b"m",\n author: b"A",\n license: b"GPL",\n alias: "x",\n description: "d"\n}\n' >m/m.rs
doctor -q --root ./tree m | grep -A 2 '  source: '
