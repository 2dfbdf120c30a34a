. "$CASE_DIR/kernel.sh"; kernel; image; option 'CONFIG_SYSTEM_REVOCATION_KEYS="x.pem"'
take signed.ko; check signed.ko
