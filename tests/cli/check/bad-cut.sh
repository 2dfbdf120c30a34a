. "$CASE_DIR/kernel.sh"; kernel; take plain.ko
truncate -s 1000 plain.ko; check plain.ko >out; status=$?
sed 's/ at offset [0-9]*/ at offset N/' out; exit $status # the assembler's choice
