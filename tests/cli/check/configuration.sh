. "$CASE_DIR/kernel.sh"; kernel; option CONFIG_MODVERSIONS=y; take plain.ko
check plain.ko
