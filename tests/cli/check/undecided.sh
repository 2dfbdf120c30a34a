. "$CASE_DIR/kernel.sh"; kernel; option CONFIG_MODULE_SIG_FORCE=y; take signed.ko
check signed.ko
