#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the tools say with the old kernel when something is wrong, given to `rkmod explain`.
. "$(dirname "$0")/lib.sh"
begin

make_hello()
{
	mkdir "$1"
	rust_module "$1/hello.rs" hello
	echo 'obj-m := hello.o' >"$1/Kbuild"
	give "$1"
}

# explained CLAIM CODE WORDS: what $T/log holds is known, by this code, with these words
explained()
{
	expect 0 "$1: known" rkmod explain --root "$ROOT" - <"$T/log"
	stdout_has "$1: by its code" "[$2]"
	stdout_has "$1: what to do" "$3"
}

# fails CLAIM COMMAND...: and what it says is in $T/log
fails()
{
	local claim=$1

	shift
	! "$@" >"$T/log" 2>&1
	result $? "$claim: fails" || diag "$T/log"
}

. "$TOP/tests/kernel/shapes-lib.sh"
make_hello "$T/new"
sed -i 's/b"/"/' "$T/new/hello.rs"
fails 'name: "x"' plain_make yes "$T/new"
explained 'name: "x"' api-drift 'b"'

# The kernel's own question about the tools.
in_tree "$T/new" make -C "$KDIR" LLVM=1 rustavailable >"$T/log" 2>&1
cat "$T/log"
rkmod explain --root "$ROOT" - <"$T/log"

without_out_dir
make_hello "$T/m"
fails 'no --out-dir' plain_make yes "$T/m"
cat "$T/log"
explained 'no --out-dir' out-dir-missing 'rkmod build'
fails 'no --out-dir, read-only' plain_make no "$T/m"
explained 'no --out-dir, read-only' out-dir-missing 'rkmod build'
diag "$T/stdout"
finish
