printf 'a\nblink: no symbol version for module_layout\n' >log
rkmod explain log
