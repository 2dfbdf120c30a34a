#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An ordinary user, a KDIR of somebody else, mounted read-only: plain make stops there.
. "$(dirname "$0")/../lib.sh"
begin
make_module "$T/m"

expect 2 'plain make fails: this kernel ships no metadata' \
	in_tree "$T/m" make -C "$KDIR" M="$T/m"
stderr_has 'it misses target.json' 'scripts/target.json" does not exist'

BINDS=(--ro-bind "$ROOT" "$ROOT")
expect 1 'KDIR cannot be written' as_user test -w "$ROOT$KDIR"
expect 0 'rkmod builds' rkmod build --root "$ROOT" "$T/m"
stdout_has 'the module is accepted' 'hello.ko: accept'
same 'the module belongs to the user' "$TEST_UID" "$(stat -c %u "$T/m/hello.ko")"

modinfo=$(tr '\0' '\n' <"$T/m/hello.ko" | grep -a '^vermagic=')
same 'it has the version magic of the kernel' "vermagic=$RELEASE" "${modinfo%% *}"
finish
