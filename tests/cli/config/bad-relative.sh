printf '{"kdir": "build"}' >rkmod.json
rkmod config
