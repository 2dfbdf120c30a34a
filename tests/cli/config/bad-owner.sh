printf '{}' >rkmod.json; chmod 0666 rkmod.json
rkmod config
