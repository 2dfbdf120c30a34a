rkmod root list; rkmod root list --format json
