rkmod prepare --import set.tar.xz --again
