. "$CASE_DIR/kernel.sh"; kernel; option CONFIG_RUST=y; take rust-call.ko
export_symbol _RNvNtCs2lKf6AS60Zg_4core9panicking5panic vmlinux EXPORT_SYMBOL_GPL; check rust-call.ko
