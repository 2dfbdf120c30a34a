. "$CASE_DIR/fake.sh"; qemu <"$CASE_DIR/loaded.txt"
vm x.ko number=1 'word=a b'
