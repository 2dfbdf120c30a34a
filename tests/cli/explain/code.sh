rkmod explain vermagic
