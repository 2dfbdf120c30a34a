. "$CASE_DIR/tree.sh"
kdir 6.1.0 CONFIG_X86_64=y CONFIG_HAVE_RUST=y CONFIG_RUST_IS_AVAILABLE=y CONFIG_GCC_PLUGINS=y
rust 7.2.0
doctor --root ./tree m
