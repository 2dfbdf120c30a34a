. "$CASE_DIR/tree.sh"
kdir 7.2.0 CONFIG_X86_64=y
MAKEFLAGS=' -- M=/x' doctor -q --root ./tree m
