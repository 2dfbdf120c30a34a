mkdir package
rkmod uninstall --mod-path package hello
