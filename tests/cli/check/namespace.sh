. "$CASE_DIR/kernel.sh"; kernel; take namespaced.ko for-me.ko importing-module.ko
check namespaced.ko for-me.ko importing-module.ko
