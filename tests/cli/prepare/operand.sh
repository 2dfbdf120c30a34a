rkmod prepare something
