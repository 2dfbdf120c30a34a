rkmod build --format yaml
