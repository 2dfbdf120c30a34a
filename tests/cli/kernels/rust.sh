. "$CASE_DIR/tree.sh"
kdir 6.1.0 CONFIG_X86_64=y CONFIG_RUST=y 'CONFIG_RUSTC_VERSION_TEXT="rustc 1.85.1 (4eb161250 2025-03-15)"'
rkmod kernels --root ./tree
