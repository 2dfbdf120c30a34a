rkmod explain .
