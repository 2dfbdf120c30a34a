. "$CASE_DIR/kernel.sh"; kernel; take plain.ko namespaced.ko
check --format json plain.ko namespaced.ko
