rkmod fmt missing.rs; touch Kbuild; rkmod fmt Kbuild; rkmod fmt --chek
