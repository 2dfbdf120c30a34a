rkmod new missing/x; ls -A
