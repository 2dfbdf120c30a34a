. "$CASE_DIR/symvers-fake.sh"
head -n 1 symvers | sed 's,drivers/x,vmlinux,' >old; rkmod kernels -q --symvers old --rustc ./b --rustc ./a
