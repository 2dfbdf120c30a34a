. "$CASE_DIR/kernel.sh"; kernel; take plain.ko
sed -i s/linkonce.this_module/linkonce.that_module/ plain.ko; check plain.ko
