rkmod uninstall
