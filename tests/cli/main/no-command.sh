rkmod >/dev/null
