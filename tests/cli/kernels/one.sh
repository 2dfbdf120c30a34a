. "$CASE_DIR/tree.sh"
kdir 6.1.0 CONFIG_X86_64=y; kdir 6.2.0 CONFIG_ARM64=y
rkmod kernels -q --root ./tree --kernel 6.2.0
