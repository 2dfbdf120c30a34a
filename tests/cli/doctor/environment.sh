. "$CASE_DIR/tree.sh"
kdir 7.2.0 CONFIG_X86_64=y
ARCH=arm64 CROSS_COMPILE=x- KBUILD_OUTPUT=/o KRUSTFLAGS=-O src=a MAKEFLAGS=n doctor --root ./tree m | grep -A 2 environment
ARCH=x86_64 MAKEFLAGS='w -- V=1' doctor --root ./tree m | grep environment
