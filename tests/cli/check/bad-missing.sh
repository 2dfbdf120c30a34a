. "$CASE_DIR/kernel.sh"; kernel
check none.ko
