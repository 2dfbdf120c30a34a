#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The old kernel's two forms, built for by an ordinary user: where Kbuild gives rustc
# --out-dir, and where it does not, as in 6.3 to 6.4.6.
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

build()
{
	rkmod build --root "$ROOT" --format json "$1"
}

# What Kbuild itself does.
make_hello "$T/plain"
expect 0 'plain make builds where Kbuild gives --out-dir' plain_make yes "$T/plain"

make_hello "$T/m"
expect 0 'rkmod builds' build "$T/m"
same 'it takes the metadata of KDIR' kdir "$(json metadata origin)"
same 'it knows that clang made this kernel' 1 "$(json toolchain llvm)"
same 'the module is accepted' accept "$(json modules 0 verdict)"
same 'the module belongs to the user' "$TEST_UID" "$(stat -c %u "$T/m/hello.ko")"

without_out_dir
make_hello "$T/plain2"
expect 2 'plain make fails without --out-dir' plain_make yes "$T/plain2"
stderr_has 'rustc cannot write into KDIR' 'Permission denied'
make_hello "$T/plain3"
expect 2 'nor if KDIR is on a read-only mount' plain_make no "$T/plain3"
stderr_has 'as it says' 'Read-only file system'

make_hello "$T/m2"
expect 0 'rkmod builds there, too' build "$T/m2"
same 'the module is accepted, too' accept "$(json modules 0 verdict)"
BINDS=(--ro-bind "$ROOT" "$ROOT" "${BINDS[@]}")
make_hello "$T/m3"
expect 0 'and if KDIR is on a read-only mount' build "$T/m3"

# The newest form of module! is none that this kernel's macro knows.
BINDS=()
make_hello "$T/new"
sed -i 's/b"/"/' "$T/new/hello.rs"
expect 1 'name: "x" is refused' build "$T/new"
stderr_has 'by its macro' 'Expected byte string'
finish
