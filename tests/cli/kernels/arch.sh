. "$CASE_DIR/rust-tree.sh"; distribution arch; r=7.1.6-arch1-1; text="rustc 1.97.1 (8bab26f4f 2026-07-14) (Arch Linux rust 1:1.97.1-1)"
headers tree/usr/lib/modules/$r/build $r; metadata tree/usr/lib/modules/$r/build/rust; ln -s usr/lib tree/lib
mkdir -p tree/usr/lib/modules/6.12.9-1-lts; echo linux-lts >tree/usr/lib/modules/6.12.9-1-lts/pkgbase
rkmod kernels --root ./tree
