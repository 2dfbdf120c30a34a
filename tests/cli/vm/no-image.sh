. "$CASE_DIR/fake.sh"; rm tree/boot/*
rkmod vm --root ./tree x.ko
