. "$CASE_DIR/kernel.sh"; kernel; take plain.ko
check --cert none.pem plain.ko
