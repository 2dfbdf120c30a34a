. "$CASE_DIR/kernel.sh"; kernel; take plain.ko
sed -i s/vermagic=/vermagix=/ plain.ko; check plain.ko
