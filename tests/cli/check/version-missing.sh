. "$CASE_DIR/kernel.sh"; kernel; take versions.ko
sed -i '/MODULE_UNLOAD\|PREEMPT/d' "$dir/.config"; option CONFIG_MODVERSIONS=y
sed -i 's/^0x00000000\t_printk/0x22222222\t_printk/' "$dir/Module.symvers"
LC_ALL=C sed -i 's/SMP preempt mod_unload /SMP modversions \x00\x00\x00\x00\x00\x00\x00/' versions.ko
check versions.ko
LC_ALL=C sed -i 's/\x22\{4\}\(\x00\{4\}\)_printk/""""\1_prinXk/' versions.ko
echo "the source of the loader is not there:"; check --strict versions.ko
mkdir -p "$dir/kernel/module"; source=$dir/kernel/module/version.c
printf 'warn("no symbol version for");\nreturn 0;\n\nbad: return 0;\n' >"$source"; check versions.ko
printf 'warn("no symbol version for");\nreturn 1;\n\nbad: return 0;\n' >"$source"; check versions.ko
echo 'nothing of it' >"$source"; check --strict versions.ko
