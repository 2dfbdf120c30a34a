. "$CASE_DIR/tree.sh"
kdir 6.1.0 CONFIG_X86_64=y; rm tree/usr/src/linux-headers-6.1.0/Makefile
kdir 6.2.0 CONFIG_X86_64=y; rm -r tree/usr/src/linux-headers-6.2.0
kdir 6.3.0 CONFIG_X86_64=y; echo KBUILD_OUTPUT=/usr >tree/usr/src/linux-headers-6.3.0/Makefile
kdir 6.4.0 CONFIG_X86_64=y; : >tree/usr/src/linux-headers-6.4.0/include/config/kernel.release
kdir 6.5.0 junk
mkdir tree/lib/modules/6.6.0
rkmod kernels --root ./tree
