. "$CASE_DIR/fake.sh"; qemu <"$CASE_DIR/panic.txt"
vm x.ko
