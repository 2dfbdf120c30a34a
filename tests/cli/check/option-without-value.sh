rkmod check --cert
