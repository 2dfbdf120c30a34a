mkdir there && rkmod new there; rkmod new there --format json; ls -A there
