. "$CASE_DIR/fake.sh"; qemu <"$CASE_DIR/hang.txt"
vm x.ko
