. "$CASE_DIR/tree.sh"
rust 7.2.0
for channel in 1.90.0 nightly '[toolchain]' '[toolchain]\nchannel = "1.8"' ''; do echo "$channel" >m/rust-toolchain; doctor -q --root ./tree m | grep rust-toolchain; done
for channel in 1.85 1.85.1 '[toolchain]\nchannel = "1.85.1-x86_64-unknown-linux-gnu"'; do echo "$channel" >m/rust-toolchain; doctor -q --root ./tree m | grep rust-toolchain; done
