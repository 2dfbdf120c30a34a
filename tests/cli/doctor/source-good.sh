. "$CASE_DIR/tree.sh"
rust 6.12.0; printf '/* module! { } */ module! {\n type: M,\n name: "m",\n author: "A",\n license: "GPL",\n alias: ["x"],\n}\n' >m/m.rs
doctor --root ./tree m | grep '  source: '
