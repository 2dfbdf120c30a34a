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
# Neither rustfmt nor clippy is in this tree.
expect 0 'ci: what is not installed is no failure' as_user env -C "$T/new_mixed" \
	"$RKMOD_TEST_PREFIX/bin/rkmod" ci --skip vm
stdout_has 'ci: rustfmt is named with its package' 'apt install rustfmt'
stdout_has 'ci: so is clippy' 'apt install rust-clippy'
expect 1 'ci: --strict demands them' as_user env -C "$T/new_mixed" \
	"$RKMOD_TEST_PREFIX/bin/rkmod" ci --skip vm,build --strict
expect 2 'fmt: cannot be done' as_user env -C "$T/new_mixed" "$RKMOD_TEST_PREFIX/bin/rkmod" fmt
expect 0 'doc: rustdoc works with what Kbuild kept there' as_user env -C "$T/new_mixed" \
	"$RKMOD_TEST_PREFIX/bin/rkmod" doc
has "$T/new_mixed/doc/main/index.html" 'doc: with what the file says' 'Rust and C in one module'
expect 0 'analyzer: KDIR itself has the sources' as_user env -C "$T/new_mixed" \
	"$RKMOD_TEST_PREFIX/bin/rkmod" analyzer
for kind in params miscdev; do
	expect 2 "$kind: is refused" rkmod new --root "$ROOT" --kind "$kind" "$T/$kind"
	stderr_has "$kind: with the reason" 'has no'
	[ ! -e "$T/$kind" ]
	result $? "$kind: nothing is left"
done
finish
