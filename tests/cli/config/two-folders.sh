rkmod config a b
