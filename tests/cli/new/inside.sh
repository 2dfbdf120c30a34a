git init -q . && mkdir root root/usr && rkmod new -q sub && ls -A sub; rkmod new --format json --root ./root two
