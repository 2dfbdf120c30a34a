rkmod explain --format json 'blink: no symbol version for module_layout'
