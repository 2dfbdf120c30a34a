rkmod new; rkmod new a b
