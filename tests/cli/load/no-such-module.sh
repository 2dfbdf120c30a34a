rkmod status rkmod_no_such_module; rkmod status --format json rkmod_no_such_module
