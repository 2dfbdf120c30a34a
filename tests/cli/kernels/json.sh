. "$CASE_DIR/tree.sh"
kdir 6.1.0 CONFIG_X86_64=y CONFIG_SMP=y; mkdir tree/lib/modules/6.6.0
rkmod kernels --root ./tree --format json
