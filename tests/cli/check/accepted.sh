. "$CASE_DIR/kernel.sh"; kernel; take plain.ko
check plain.ko
