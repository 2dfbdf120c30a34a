. "$CASE_DIR/kernel.sh"; kernel; option CONFIG_MODULE_SIG_FORCE=y; take plain.ko
check plain.ko
