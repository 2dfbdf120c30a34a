printf '{"root": "trees/a", "llvm": "-19", "kernel": "7.2"}' >rkmod.json
KDIR=/k RUSTC=/r rkmod config --package linux-headers-x | tr -s ' '
