. "$CASE_DIR/rust-tree.sh"; distribution fedora; r=7.1.8-200.fc44.x86_64; text='rustc 1.97.1 (8bab26f4f 2026-07-14) (Fedora 1.97.1-1.fc44)'
headers tree/usr/src/kernels/$r $r
mkdir -p tree/lib/modules/$r tree/lib/modules/7.1.9-200.fc44.x86_64; ln -s /usr/src/kernels/$r tree/lib/modules/$r/build; ln -s /usr/src/kernels/7.1.9-200.fc44.x86_64 tree/lib/modules/7.1.9-200.fc44.x86_64/build
rkmod kernels --root ./tree
