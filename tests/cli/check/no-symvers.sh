. "$CASE_DIR/kernel.sh"; kernel; take plain.ko
rm tree/usr/src/*/Module.symvers; check plain.ko
