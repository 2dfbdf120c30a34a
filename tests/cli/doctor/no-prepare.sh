. "$CASE_DIR/tree.sh"
rust 7.2.0; echo '{"prepare": false}' >m/rkmod.json
doctor -q --root ./tree m | grep metadata
