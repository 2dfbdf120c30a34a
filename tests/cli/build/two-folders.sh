rkmod build a b
