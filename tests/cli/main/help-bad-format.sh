rkmod help --format yaml
