. "$CASE_DIR/fake.sh"; mkdir sub .hid out; printf "\tb\n" | tee sub/z.rs .hid/h.rs out/o.rs >x.rs; touch out/.rkmod-out; rkmod fmt --check --format json
