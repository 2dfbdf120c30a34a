. "$CASE_DIR/kernel.sh"; kernel; option CONFIG_MODVERSIONS=y; take versions.ko
check versions.ko
