. "$CASE_DIR/kernel.sh"; kernel
seq 100 >text.ko; check text.ko
