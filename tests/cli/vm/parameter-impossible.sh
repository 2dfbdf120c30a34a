rkmod vm x.ko 'word=a "b" c'
