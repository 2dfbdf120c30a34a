. "$CASE_DIR/kernel.sh"; kernel; take plain.ko
rm tree/usr/src/*/vmlinux; mkdir "$dir/drivers"; cp plain.ko "$dir/drivers/own.ko"
printf 'drivers/gone.o\ndrivers/own.o\n' >"$dir/modules.order"
check --strict plain.ko
sed 's/\x00\x05\(\x00\{14\}\x40\)/\x40\x05\1/' plain.ko >"$dir/drivers/own.ko"
check --strict plain.ko
