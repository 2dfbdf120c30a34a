rkmod build
