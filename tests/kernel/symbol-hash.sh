#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A module that asks for the symbols of another compiler's crates: the kernel would say
# "Unknown symbol"; rkmod says why.
. "$(dirname "$0")/../lib.sh"
begin
make_module "$T/m"
expect 0 'the module builds' rkmod build --root "$ROOT" "$T/m"

# The crate tag of the kernel crate, and one that no compiler gives, equally long.
tag=$(cut -f 2 "$ROOT$KDIR/Module.symvers" | grep -o 'Cs[0-9A-Za-z]*_6kernel' | head -n 1)
other=Csqqqqqqqqqqqqqqqqqqqqqqqqqq
other=${other:0:$((${#tag} - 8))}_6kernel
LC_ALL=C sed "s/$tag/$other/g" "$T/m/hello.ko" >"$T/other.ko"
give "$T/other.ko"

expect 0 'the module itself is accepted' rkmod check --root "$ROOT" "$T/m/hello.ko"
expect 1 'one with another crate hash is refused' rkmod check --root "$ROOT" "$T/other.ko"
stdout_has 'the errno is that of the kernel' 'ENOENT'
stdout_has 'the hash of the module is shown' "${other%_6kernel}"
stdout_has 'the hash of the kernel is shown' "${tag%_6kernel}"
finish
