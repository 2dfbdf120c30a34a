rkmod dkms one two
