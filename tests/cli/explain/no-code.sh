rkmod explain
