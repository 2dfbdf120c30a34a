. "$CASE_DIR/rust-tree.sh"; distribution ubuntu; r=7.1.0-14-generic
headers tree/usr/src/linux-headers-$r $r; ln -s ../linux-hwe-7.1-lib-rust-$r/rust tree/usr/src/linux-headers-$r/rust
rkmod kernels --root ./tree | grep dangling
metadata tree/usr/src/linux-lib-rust-$r/rust
rkmod kernels --root ./tree | grep dangling
