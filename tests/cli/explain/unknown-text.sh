rkmod explain it is raining
