. "$CASE_DIR/kernel.sh"; kernel; image; take signed.ko
sed -i s/key/kex/ signed.ko; check -v signed.ko 2>/dev/null
