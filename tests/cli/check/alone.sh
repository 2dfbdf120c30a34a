. "$CASE_DIR/kernel.sh"; kernel; take needs-export.ko
check needs-export.ko
