. "$CASE_DIR/kernel.sh"; kernel; option CONFIG_MODULE_SIG_FORCE=y; take plain.ko
printf "\0\0\1\0\0\0\0\0\0\0\0\4~Module signature appended~\n" >>plain.ko; check plain.ko
