rkmod root
