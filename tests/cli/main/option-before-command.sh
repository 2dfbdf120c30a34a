rkmod --root x build
