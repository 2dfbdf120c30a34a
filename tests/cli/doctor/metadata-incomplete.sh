. "$CASE_DIR/tree.sh"
rust 7.2.0; mkdir -p "$dir/rust" "$dir/scripts" "$dir/arch/x86"; touch "$dir/rust/libcore.rmeta" "$dir/arch/x86/Makefile"
echo 'rust_common_cmd = --extern kernel' >"$dir/scripts/Makefile.build"
doctor -q --root ./tree m | grep metadata
