printf '{"prepare": false}' >rkmod.json
RKMOD_ROOT=deb13 rkmod config --format json
