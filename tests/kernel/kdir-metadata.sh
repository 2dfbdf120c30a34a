#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A kernel package that ships its metadata: in KDIR, or behind a link, as Ubuntu's does.
# Nothing is redirected then, and nothing made.
. "$(dirname "$0")/../lib.sh"
begin
copy_kdir_with_metadata "$T/kdir" || exit 2
CACHE=$T/cache # an empty one from here on

# The set cannot come from elsewhere: --no-prepare, and nothing in the cache.
build()
{
	rkmod build --root "$ROOT" --no-prepare --format json "$T/m"
}

make_module "$T/m"
expect 2 'without metadata nothing is built' build
stderr_has 'and it says what would make it' 'prepare'

bind_over_kdir "$T/kdir"
expect 0 'metadata in KDIR: builds' build
same 'it says so' kdir "$(json metadata origin)"
same 'the module is accepted' accept "$(json modules 0 verdict)"
has "$T/m/.hello.o.cmd" 'rustc reads it there' "$KDIR/rust/libkernel.rmeta"

# As Ubuntu's: KDIR/rust is a link to the folder of a package of its own. All of
# /usr/src is bound, with the common part of the headers in it.
src=$T/src
mkdir "$src" "$src/linux-lib-rust" "$src/${COMMON##*/}"
mv "$T/kdir" "$src/${KDIR##*/}"
mv "$src/${KDIR##*/}/rust" "$src/linux-lib-rust/rust"
ln -s ../linux-lib-rust/rust "$src/${KDIR##*/}/rust"
BINDS=(--ro-bind "$src" "$ROOT/usr/src" --ro-bind "$ROOT$COMMON" "$ROOT$COMMON")
expect 0 'metadata behind a link: builds' build
same 'it says so' link "$(json metadata origin)"
same 'the module is accepted' accept "$(json modules 0 verdict)"

mv "$src/linux-lib-rust" "$src/linux-lib-rust-gone"
expect 2 'a dangling link is an error' build
stderr_has 'that names the link' "$KDIR/rust"
finish
