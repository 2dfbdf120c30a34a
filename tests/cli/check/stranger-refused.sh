. "$CASE_DIR/kernel.sh"; kernel; image; option CONFIG_MODULE_SIG_FORCE=y
take signed.ko; sed -i s/key/kex/ signed.ko; check signed.ko
