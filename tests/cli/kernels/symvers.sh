. "$CASE_DIR/symvers-fake.sh"
rkmod kernels --symvers symvers --rustc ./a --rustc ./b --rustc ./c
rkmod kernels --symvers symvers --rustc ./b --format json
