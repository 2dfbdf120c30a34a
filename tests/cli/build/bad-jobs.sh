rkmod build -j none
