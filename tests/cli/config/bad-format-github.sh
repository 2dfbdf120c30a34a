rkmod config --format github
