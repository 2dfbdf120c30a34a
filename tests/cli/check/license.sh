. "$CASE_DIR/kernel.sh"; kernel; take proprietary.ko
check proprietary.ko
