rkmod check --format github "50%,a:b.ko"
