. "$CASE_DIR/fake.sh"
rkmod vm --file /etc/passwd x.ko
