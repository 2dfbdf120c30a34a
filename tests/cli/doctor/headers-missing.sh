. "$CASE_DIR/tree.sh"
rust 7.2.0; rm -r tree/usr/src/linux-headers-7.2.0
doctor --root ./tree --kernel 7.2.0 m
