#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rkmod build of samples/hello, everything cached, against plain make -C on a KDIR that
# ships the same metadata. Medians of runs that take turns.
. "$(dirname "$0")/lib.sh"
begin
runs=${1:-9}
copy_kdir_with_metadata "$T/kdir" || exit 2
make_module "$T/rkmod"
make_module "$T/make"

# Both sides run below the same outer bwrap, which make needs to see the other KDIR.
by_rkmod()
{
	BINDS=(--ro-bind "$ROOT$KDIR" "$ROOT$KDIR")
	rkmod build --root "$ROOT" "$T/rkmod"
}

by_make()
{
	BINDS=(--ro-bind "$T/kdir" "$ROOT$KDIR")
	in_tree "$T/make" make -C "$KDIR" M="$T/make"
}

# clean DIR: as nothing was built yet
clean()
{
	find "$1" -mindepth 1 ! -name Kbuild ! -name Makefile ! -name '*.rs' -delete
}

# measure WORD LIMIT: whole or idle builds
measure()
{
	local -a rkmod_ms=() make_ms=()
	local i

	for ((i = 0; i < runs; i++)); do
		[ "$1" = idle ] || clean "$T/rkmod"
		ms by_rkmod
		rkmod_ms+=("$took")
		[ "$1" = idle ] || clean "$T/make"
		ms by_make
		make_ms+=("$took")
	done
	printf '%-6s rkmod build %5d ms, make %5d ms, ratio %s (at most %s)\n' "$1" \
		"$(median "${rkmod_ms[@]}")" "$(median "${make_ms[@]}")" \
		"$(ratio "$(median "${rkmod_ms[@]}")" "$(median "${make_ms[@]}")")" "$2"
}

by_rkmod >/dev/null 2>&1 # fills the caches
measure whole 1.05
measure idle 1.10
