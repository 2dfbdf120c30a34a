. "$CASE_DIR/kernel.sh"; kernel; option CONFIG_DEBUG_INFO_BTF_MODULES=y; take types.ko types-in-tree.ko
check types.ko types-in-tree.ko
sed 's/page/gape/' tree/usr/src/*/vmlinux >v; mv v tree/usr/src/linux-headers-7.2.0-test/vmlinux; check types.ko
