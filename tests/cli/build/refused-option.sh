touch Kbuild; rkmod build -- -kC/x
