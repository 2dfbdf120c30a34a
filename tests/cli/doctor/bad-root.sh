. "$CASE_DIR/tree.sh"
doctor --root ./nothing m
