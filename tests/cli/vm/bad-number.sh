rkmod vm --timeout 0 x.ko; rkmod vm --memory 1G x.ko
rkmod vm --timeout -1 x.ko
