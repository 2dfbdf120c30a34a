. "$CASE_DIR/kernel.sh"; kernel; option CONFIG_MODULE_FORCE_LOAD=y; take plain.ko
sed -i s/vermagic=/vermagix=/ plain.ko; check plain.ko
