. "$CASE_DIR/kernel.sh"; kernel; take plain.ko
printf "\0\0\2\0\0\0\0\0\377\377\377\377~Module signature appended~\n" >>plain.ko; check plain.ko
