rkmod clippy a b; rkmod clippy -j x; rkmod clippy
