. "$CASE_DIR/tree.sh"
kdir 6.12.107 CONFIG_X86_64=y CONFIG_MODVERSIONS=y '# CONFIG_RUST is not set'
doctor -q --root ./tree m
