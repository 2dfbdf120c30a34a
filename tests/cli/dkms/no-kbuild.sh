rkmod dkms
