. "$CASE_DIR/../kernels/tree.sh"
kdir 6.1.0 CONFIG_X86_64=y CONFIG_RUST=y
rkmod install --root ./tree hello.ko
