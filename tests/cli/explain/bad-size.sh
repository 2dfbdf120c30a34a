truncate -s 257M log
rkmod explain log
