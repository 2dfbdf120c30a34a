ln -s elsewhere rkmod.json
rkmod config
