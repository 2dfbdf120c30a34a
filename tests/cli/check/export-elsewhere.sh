. "$CASE_DIR/kernel.sh"; kernel; take exports.ko
export_symbol fixture_export drivers/else EXPORT_SYMBOL; check exports.ko
