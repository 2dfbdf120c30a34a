rkmod root create ../escape
