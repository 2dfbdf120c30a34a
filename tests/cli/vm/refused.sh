. "$CASE_DIR/fake.sh"; qemu <"$CASE_DIR/refused.txt"
vm x.ko
