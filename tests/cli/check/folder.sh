. "$CASE_DIR/kernel.sh"; kernel; take plain.ko exports.ko
mkdir sub; mv plain.ko exports.ko sub; check sub
