rkmod load; rkmod reload; rkmod unload; rkmod status a b
rkmod load --timeout 0 x.ko; rkmod unload --timeout x y
