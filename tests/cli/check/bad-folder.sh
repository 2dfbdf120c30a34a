. "$CASE_DIR/kernel.sh"; kernel
mkdir folder; check folder
