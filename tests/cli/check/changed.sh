. "$CASE_DIR/kernel.sh"; kernel; take signed.ko signer.pem
sed -i s/hello/hallo/ signed.ko; check --cert signer.pem signed.ko
