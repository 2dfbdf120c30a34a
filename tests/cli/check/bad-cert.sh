. "$CASE_DIR/kernel.sh"; kernel; take plain.ko
echo no certificate >x.pem; check --cert x.pem plain.ko
