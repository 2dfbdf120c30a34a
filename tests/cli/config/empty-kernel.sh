rkmod config --kernel ""
