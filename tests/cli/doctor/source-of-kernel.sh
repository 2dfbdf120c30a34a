. "$CASE_DIR/tree.sh"
rust 6.12.0; mkdir -p "$dir/rust/macros"; printf 'module! {\n type: M,\n name: "m",\n ours: "A",\n license: "GPL",\n}\n' >m/m.rs
printf 'const EXPECTED_KEYS: &[&str] = &["type", "name", "license", "ours"];\nconst REQUIRED_KEYS: &[&str] = &["type", "ours"];\n' >"$dir/rust/macros/module.rs"
doctor -q --root ./tree m | grep -A 2 '  source: '
