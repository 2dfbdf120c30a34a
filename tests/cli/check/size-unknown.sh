. "$CASE_DIR/kernel.sh"; kernel; take plain.ko
rm tree/usr/src/*/vmlinux; check --strict plain.ko
