rkmod load --root default x.ko
