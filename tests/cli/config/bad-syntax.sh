printf '{"root": "a",\n "llvm" "1"}' >rkmod.json
rkmod config
