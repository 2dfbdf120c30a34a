rkmod explain --format json vermagic
