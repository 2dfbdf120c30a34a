. "$CASE_DIR/kernel.sh"; kernel; take needs-export.ko exports.ko
check needs-export.ko exports.ko
