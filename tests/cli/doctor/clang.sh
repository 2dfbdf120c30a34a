. "$CASE_DIR/tree.sh"
rust 7.2.0 CONFIG_CC_IS_CLANG=y CONFIG_LD_IS_LLD=y CONFIG_CLANG_VERSION=190107
doctor -q --root ./tree m | grep -e clang -e lld
