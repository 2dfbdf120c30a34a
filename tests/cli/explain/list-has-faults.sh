rkmod explain --list | grep fault-
