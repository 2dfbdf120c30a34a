rkmod new --kind big x; rkmod new --ci jenkins x; rkmod new --hook --no-git x; ls -A
