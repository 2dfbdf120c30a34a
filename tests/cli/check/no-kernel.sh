. "$CASE_DIR/kernel.sh"; take plain.ko
check plain.ko
