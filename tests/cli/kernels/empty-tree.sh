mkdir -p tree/usr
rkmod kernels --root ./tree
