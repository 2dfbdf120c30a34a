rkmod kernels --root ./nothing
