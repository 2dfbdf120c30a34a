. "$CASE_DIR/kernel.sh"; kernel; option CONFIG_MODULE_SIG_FORCE=y; take signed.ko signer.pem
sed "/-----/d" signer.pem | base64 -d >signer.der; check --strict --cert signer.der signed.ko
