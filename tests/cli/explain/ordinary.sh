rkmod explain "$CASE_DIR/ordinary.log"
