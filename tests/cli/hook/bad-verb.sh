rkmod hook instal
