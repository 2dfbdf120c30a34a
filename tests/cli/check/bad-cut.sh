. "$CASE_DIR/kernel.sh"; kernel; take plain.ko
truncate -s 1000 plain.ko; check plain.ko
