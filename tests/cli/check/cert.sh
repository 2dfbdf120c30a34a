. "$CASE_DIR/kernel.sh"; kernel; option CONFIG_MODULE_SIG_FORCE=y; take signed.ko signer.pem
check --strict --cert signer.pem signed.ko
