. "$CASE_DIR/tree.sh"
kdir 6.1.0 CONFIG_X86_64=y
doctor -q --color always --root ./tree m | sed 's/\x1b/ESC/g'
