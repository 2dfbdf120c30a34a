touch Kbuild; MAKEFLAGS="w -- RUSTC=rustc" rkmod build
