rkmod doc a b; rkmod doc -j 0; rkmod doc
