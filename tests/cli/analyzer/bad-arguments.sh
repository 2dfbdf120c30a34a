rkmod analyzer a b; rkmod analyzer; echo "obj-m := none.o" >Kbuild; rkmod analyzer --format json
