printf '{"prepare": "no"}' >rkmod.json
rkmod config
