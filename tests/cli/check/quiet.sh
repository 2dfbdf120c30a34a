. "$CASE_DIR/kernel.sh"; kernel; take plain.ko
check -q plain.ko
