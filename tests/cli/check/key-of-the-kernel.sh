. "$CASE_DIR/kernel.sh"; kernel; image; option CONFIG_MODULE_SIG_FORCE=y
take signed.ko; check --strict signed.ko
