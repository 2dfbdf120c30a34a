printf '{"kernal": "7.2"}' >rkmod.json
rkmod config
