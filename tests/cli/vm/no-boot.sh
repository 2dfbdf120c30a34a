. "$CASE_DIR/fake.sh"; qemu <"$CASE_DIR/no-boot.txt"
vm x.ko
