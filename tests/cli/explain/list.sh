rkmod explain --list | grep '^vermagic'
