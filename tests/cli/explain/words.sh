rkmod explain Loading of unsigned module is rejected
