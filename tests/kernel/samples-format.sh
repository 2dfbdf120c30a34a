#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The samples are formatted as the kernel's own Rust code is.
. "$(dirname "$0")/../lib.sh"
begin

for name in hello params miscdev mixed; do
	make_sample "$name" "$T/$name"
	expect 0 "$name: rustfmt changes nothing" in_tree "$T/$name" \
		rustfmt --check --edition 2021 "$T/$name"/*.rs
done
finish
