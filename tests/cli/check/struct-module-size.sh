. "$CASE_DIR/kernel.sh"; kernel; take plain.ko
sed "s/\x00\x05\x00\x00\x00module/\x40\x05\x00\x00\x00module/" tree/usr/src/*/vmlinux >v; mv v tree/usr/src/linux-headers-7.2.0-test/vmlinux; check plain.ko
