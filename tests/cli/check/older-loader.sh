. "$CASE_DIR/kernel.sh"; kernel; take for-me.ko importing-module.ko
older_headers; check for-me.ko importing-module.ko
