. "$CASE_DIR/fake.sh"
LLVM=1 rkmod build --kdir kdir m; rkmod build --kdir kdir --llvm=-19 m
LLVM=1 rkmod build --kdir kdir --no-prepare --force m
