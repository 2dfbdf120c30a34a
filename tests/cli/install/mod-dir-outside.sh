. "$CASE_DIR/../kernels/tree.sh"
kdir 6.1.0 CONFIG_X86_64=y CONFIG_RUST=y
mkdir package && echo >hello.ko
rkmod install --root ./tree --mod-path package --mod-dir ../../../../etc hello.ko
