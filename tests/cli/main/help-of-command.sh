rkmod help build
