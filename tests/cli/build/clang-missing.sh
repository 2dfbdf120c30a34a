compiler=clang; . "$CASE_DIR/fake.sh"
LLVM=-99 rkmod build --kdir kdir m; rkmod build --kdir kdir --llvm 0 m
