rkmod doctor a b
