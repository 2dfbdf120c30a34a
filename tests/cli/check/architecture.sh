. "$CASE_DIR/kernel.sh"; kernel; take plain.ko
printf "\267" | dd of=plain.ko bs=1 seek=18 conv=notrunc 2>/dev/null; check plain.ko
