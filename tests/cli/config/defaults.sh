rkmod config
