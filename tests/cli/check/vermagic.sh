. "$CASE_DIR/kernel.sh"; kernel; take plain.ko
sed -i s/7.2.0-test/7.3.0-test/ plain.ko; check plain.ko
