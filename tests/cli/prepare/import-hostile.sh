. "$CASE_DIR/../kernels/tree.sh"
kdir 6.1.0 CONFIG_X86_64=y CONFIG_RUST=y
mkdir -p top/rust && echo 'exit 1' >top/rust/evil.sh && tar cf set.tar top
rkmod prepare --root ./tree --import set.tar
