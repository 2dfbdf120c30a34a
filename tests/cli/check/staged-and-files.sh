rkmod check --staged a.ko
