. "$CASE_DIR/kernel.sh"; kernel
: >empty.ko; check empty.ko
