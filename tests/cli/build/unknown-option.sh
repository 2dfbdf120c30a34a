rkmod build --no-such-thing
