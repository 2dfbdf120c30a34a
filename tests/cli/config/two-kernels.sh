rkmod config --kernel 7.2 --kdir /k
