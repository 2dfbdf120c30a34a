rkmod prepare -j 0
