. "$CASE_DIR/fake.sh"; qemu <"$CASE_DIR/oops.txt"
vm x.ko
