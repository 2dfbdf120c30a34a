. "$CASE_DIR/fake.sh"
ln -s "$(readlink -f "$(command -v rkmod)")" rkmod; PATH=/nowhere ./rkmod vm --root ./tree --accel tcg x.ko
