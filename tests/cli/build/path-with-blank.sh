mkdir "a b"; touch "a b/Kbuild"; rkmod build "a b"
