printf '0x0\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n' >no-rust; printf 'x\n' >bad
rkmod kernels --symvers no-rust; rkmod kernels --symvers bad; rkmod kernels --symvers none
