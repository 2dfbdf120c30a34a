. "$CASE_DIR/tree.sh"
rust 7.2.0
codes --root ./tree m; codes --root ./tree; codes --root ./tree --kernel 1 m; codes --root ./nothing m
LLVM=1 codes --root ./tree m; MAKEFLAGS='-- O=/x' codes --root ./tree m
mkdir -p "$dir/rust" "$dir/scripts"; touch "$dir/rust/libcore.rmeta"; codes --root ./tree m
kdir 7.3.0 CONFIG_X86_64=y; codes --root ./tree --kernel 7.3.0 m; codes --root ./tree m
rm "$dir/Makefile"; codes --root ./tree --kernel 7.3.0 m
