. "$CASE_DIR/fake.sh"; echo bad >x.rs; rkmod fmt; rkmod fmt --check --format json
