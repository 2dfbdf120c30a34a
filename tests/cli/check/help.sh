rkmod check --help
