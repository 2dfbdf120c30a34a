#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What `rkmod new` makes for the old kernel: byte strings, one author; what its Rust cannot
# do is refused.
. "$(dirname "$0")/lib.sh"
begin
. "$TOP/tests/kernel/new-lib.sh"
make_all minimal mixed
has "$T/new_minimal/new_minimal.rs" 'module! is written in its form' 'name: b"new_minimal"'
expect 0 'it builds without rkmod, too' plain_make no "$T/new_minimal"
load_all
for kind in params miscdev; do
	expect 2 "$kind: is refused" rkmod new --root "$ROOT" --kind "$kind" "$T/$kind"
	stderr_has "$kind: with the reason" 'has no'
	[ ! -e "$T/$kind" ]
	result $? "$kind: nothing is left"
done
finish
