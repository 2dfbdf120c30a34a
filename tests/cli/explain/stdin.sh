printf 'insmod: ERROR: could not insert module blink.ko: Invalid module format\nblink: version magic '"'a ' should be 'b '"'\n' | rkmod explain -
