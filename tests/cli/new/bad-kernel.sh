rkmod new --kernel 9.9.9-none x; ls -A
