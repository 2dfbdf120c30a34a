rkmod check --carefully x.ko
