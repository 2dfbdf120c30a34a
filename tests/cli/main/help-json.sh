rkmod help --format json hook | tr -d '\t' | sed 6q
