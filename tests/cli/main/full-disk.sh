rkmod help build >/dev/full
