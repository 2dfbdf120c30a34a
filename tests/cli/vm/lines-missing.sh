. "$CASE_DIR/fake.sh"; sed '/ 2 kmsg/d' "$CASE_DIR/loaded.txt" >lines; qemu <lines
vm x.ko
