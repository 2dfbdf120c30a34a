. "$CASE_DIR/kernel.sh"; kernel; take signed.ko
check signed.ko
