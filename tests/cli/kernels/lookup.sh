. "$CASE_DIR/rust-tree.sh"; distribution fedora; r=7.1.8-200.fc44.x86_64
headers tree/usr/src/kernels/$r $r; rkmod kernels -q --root ./tree --kernel $r
mkdir other; mv tree/usr/src other/; mkdir tree/usr/lib; rmdir tree/lib 2>/dev/null; ln -s usr/lib tree/lib
r=7.1.6-arch1-1; headers tree/usr/lib/modules/$r/build $r; rkmod kernels -q --root ./tree --kernel $r
