rkmod kernels 6.1
