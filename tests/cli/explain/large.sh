yes 'ERROR: modpost: "blink_set" [blink.ko] undefined!' | head -c 20M | rkmod explain -
