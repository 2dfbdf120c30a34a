touch Kbuild; rkmod build -- V=1 O=/x
