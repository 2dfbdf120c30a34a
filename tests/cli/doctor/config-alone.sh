. "$CASE_DIR/tree.sh"
mkdir src
echo 'VERSION = 6' >src/Makefile
printf 'CONFIG_X86_64=y\nCONFIG_HAVE_RUST=y\nCONFIG_RUST_IS_AVAILABLE=y\nCONFIG_MODVERSIONS=y\n' >src/.config
doctor -q --kdir "$PWD/src" m
