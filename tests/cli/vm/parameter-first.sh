rkmod vm number=1 x.ko
