. "$CASE_DIR/kernel.sh"; kernel; take params.ko
check --param number=many --param wide=1 --param odd=1 --param none=1 params.ko
