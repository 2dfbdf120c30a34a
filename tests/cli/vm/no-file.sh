. "$CASE_DIR/fake.sh"
rkmod vm --root ./tree --accel tcg y.ko
