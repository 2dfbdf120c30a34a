. "$CASE_DIR/kernel.sh"; kernel; take plain.ko
check --kernel 9.9.9 plain.ko
