rkmod explain vermagick
