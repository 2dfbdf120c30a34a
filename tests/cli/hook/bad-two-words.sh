rkmod hook install now
