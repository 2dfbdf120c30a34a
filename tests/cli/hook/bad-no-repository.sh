rkmod hook install
