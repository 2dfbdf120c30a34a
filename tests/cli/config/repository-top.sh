mkdir -p .git/objects .git/refs a; echo "ref: refs/heads/x" >.git/HEAD
printf '{"root": "t"}' >rkmod.json; rkmod config a
