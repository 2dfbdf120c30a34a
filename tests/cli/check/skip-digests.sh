. "$CASE_DIR/kernel.sh"; kernel; take signed.ko signer.pem
sed -i s/hello/hallo/ signed.ko; check --skip-digests --cert signer.pem signed.ko
