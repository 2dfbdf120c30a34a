. "$CASE_DIR/fake.sh"; printf "a\n\tb\n" >x.rs; printf "    c\n" >y.rs; rkmod fmt --check; rkmod fmt; cat x.rs; rkmod fmt
