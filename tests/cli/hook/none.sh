git init -q . && rkmod hook status
