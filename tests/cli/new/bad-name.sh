rkmod new Core; rkmod new core; rkmod new --kind mixed fnv1a; ls -A
