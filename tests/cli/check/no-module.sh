rkmod check
