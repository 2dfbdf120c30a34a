. "$CASE_DIR/kernel.sh"; kernel; take rust-call.ko
check rust-call.ko
