. "$CASE_DIR/fake.sh"; qemu <"$CASE_DIR/loaded.txt"
vm --format json x.ko
