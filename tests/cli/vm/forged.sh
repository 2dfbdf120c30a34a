. "$CASE_DIR/fake.sh"; qemu <"$CASE_DIR/forged.txt"
vm x.ko
