. "$CASE_DIR/kernel.sh"; kernel; image; take signed.ko
printf "%0513d!HdrS%0100d" 0 0 >tree/boot/vmlinuz-7.2.0-test; check signed.ko
