rkmod vm --accel fast x.ko
