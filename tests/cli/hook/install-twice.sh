git init -q . && rkmod hook install && rkmod hook install && rkmod hook uninstall && rkmod hook uninstall
