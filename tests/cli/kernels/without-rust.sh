. "$CASE_DIR/tree.sh"
kdir 6.1.0 CONFIG_X86_64=y CONFIG_SMP=y
rkmod kernels --root ./tree
