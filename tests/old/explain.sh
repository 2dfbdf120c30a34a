#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the tools themselves say with the old kernel when something is wrong, given to
# `rkmod explain`.
. "$(dirname "$0")/lib.sh"
. "$TOP/tests/kernel/shapes-lib.sh"
begin

make_hello()
{
	mkdir "$1"
	rust_module "$1/hello.rs" hello
	echo 'obj-m := hello.o' >"$1/Kbuild"
	give "$1"
}

# explained CLAIM CODE TEXT CURE: $T/log has the text, which is known
explained()
{
	has "$T/log" "$1: it says so" "$3"
	expect 0 "$1: known" rkmod explain --root "$ROOT" "$T/log"
	stdout_has "$1: by its code" "[$2]"
	stdout_has "$1: what to do" "$4"
}

# fails CLAIM COMMAND...: what it says is in $T/log
fails()
{
	local claim=$1

	shift
	! "$@" >"$T/log" 2>&1
	result $? "$claim: fails" || diag "$T/log"
}

make_hello "$T/new"
sed -i 's/b"/"/' "$T/new/hello.rs"
fails 'name: "x"' plain_make yes "$T/new"
explained 'name: "x"' api-drift 'Expected byte string' 'write b"..."'
stdout_has 'name: "x": the kernel is named' "(this is $RELEASE)"

# --- Another rustc: the question of the kernel's own script, and what becomes of it

expect 0 'rustavailable: passes' in_tree "$T/new" make -C "$KDIR" LLVM=1 rustavailable
cat "$T/stdout" "$T/stderr" >"$T/log"
explained 'too new' rustc-too-new "Rust compiler 'rustc' is too new" 'nothing for a module'
stdout_has 'too new: harmless for this kernel' "harmless: kernel $RELEASE was built with 'rustc 1."
! grep -q '^\(warning\|error\)' "$T/stdout"
result $? 'too new: no more than a note' || diag "$T/stdout"

# It is 20 releases younger, and cannot even read who made the metadata. It conflicts with
# rustc: unpacked, in the tree's /usr/local.
if web=$(rustc_web "$ROOT"); then
	BINDS=(--ro-bind "$web/usr" "$ROOT/usr/local")
	make_hello "$T/m1"
	fails 'rustc-web' plain_make yes "$T/m1" \
		RUSTC='env LD_LIBRARY_PATH=/usr/local/lib/x86_64-linux-gnu /usr/local/bin/rustc'
	explained 'rustc-web' metadata-rustc E0786 'rustc=1.'
	BINDS=()
fi

# --- rustc works in KDIR

without_out_dir
make_hello "$T/m2"
fails 'no --out-dir' plain_make yes "$T/m2"
explained 'no --out-dir' out-dir-missing 'Permission denied' 'Build with rkmod build'
make_hello "$T/m3"
fails 'no --out-dir, read-only' plain_make no "$T/m3"
explained 'no --out-dir, read-only' out-dir-missing 'Read-only file system' \
	'Build with rkmod build'
expect 0 'and rkmod builds it' rkmod build --root "$ROOT" "$T/m2"
finish
