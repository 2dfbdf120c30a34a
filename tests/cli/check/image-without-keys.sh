. "$CASE_DIR/kernel.sh"; kernel; image; take signed.ko
seq 100 >tree/boot/vmlinuz-7.2.0-test; check signed.ko
