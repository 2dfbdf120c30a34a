rkmod check --format gitlab missing.ko
