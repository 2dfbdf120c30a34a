. "$CASE_DIR/kernel.sh"; kernel; take plain.ko
check -v plain.ko 2>/dev/null
