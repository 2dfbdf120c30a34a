rkmod root destroy default
