. "$CASE_DIR/symvers-fake.sh"
rkmod kernels --symvers symvers --rustc ./a
