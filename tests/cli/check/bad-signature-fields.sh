. "$CASE_DIR/kernel.sh"; kernel; take plain.ko
printf "\1\0\2\0\0\0\0\0\0\0\0\4~Module signature appended~\n" >>plain.ko; check plain.ko
