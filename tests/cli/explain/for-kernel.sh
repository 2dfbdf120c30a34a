. "$CASE_DIR/../kernels/tree.sh"
kdir 6.1.9 CONFIG_X86_64=y CONFIG_RUST=y 'CONFIG_RUSTC_VERSION_TEXT="rustc 1.65.0"'
rkmod explain --root ./tree "$CASE_DIR/texts/c0-too-new.txt"
sed 's/1\.65\.0/1.66.0/' "$CASE_DIR/texts/c0-too-new.txt" | rkmod explain --root ./tree - | grep -v fix:
rkmod explain --root ./tree --kernel 1.2.3 "$CASE_DIR/texts/c0-too-new.txt" 2>&1 | cut -d';' -f1
