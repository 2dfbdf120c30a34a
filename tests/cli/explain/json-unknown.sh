rkmod explain --format json it is raining
