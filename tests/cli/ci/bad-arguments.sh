rkmod ci --skip vms; rkmod ci a b; rkmod ci -j 0; rkmod ci; mkdir m; rkmod ci m --format json
