. "$CASE_DIR/fake.sh"; printf "\tb\n" >x.rs; rkmod fmt --check --format gitlab; rkmod fmt --check --format github x.rs
