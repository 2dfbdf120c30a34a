. "$CASE_DIR/symvers-fake.sh"
rkmod kernels --rustc ./b; rkmod kernels --symvers symvers --rustc ./b --rustc ./nothing
