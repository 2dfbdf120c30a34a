. "$CASE_DIR/tree.sh"
rust 7.2.0; mkdir -p r/.git/objects r/.git/refs r/a/m; echo 'ref: refs/heads/main' >r/.git/HEAD; mv m/Kbuild r/a/m; printf '[toolchain]\nchannel = "1.90"\n' >r/rust-toolchain.toml
doctor -q --root ./tree r/a/m | grep rust-toolchain
