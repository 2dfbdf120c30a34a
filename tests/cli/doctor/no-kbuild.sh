. "$CASE_DIR/tree.sh"
kdir 6.1.0 CONFIG_X86_64=y
mkdir empty "a b"; doctor -q --root ./tree empty; touch "a b/Kbuild"; doctor -q --root ./tree "a b"
