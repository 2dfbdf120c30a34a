. "$CASE_DIR/tree.sh"
kdir 6.12.107 CONFIG_X86_64=y CONFIG_HAVE_RUST=y CONFIG_RUSTC_VERSION=0 CONFIG_MODVERSIONS=y
rkmod doctor --root ./tree --format json m >out; status=$?; sed '/"step":.*"try"/q' out; exit $status
