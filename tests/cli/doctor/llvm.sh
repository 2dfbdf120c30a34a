. "$CASE_DIR/tree.sh"
rust 7.2.0 'CONFIG_CC_VERSION_TEXT="gcc-14 (Debian 14.2.0-19) 14.2.0"'
LLVM=1 doctor -q --root ./tree m | grep LLVM
