#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The verdict's own CPU time, as a part of rkmod load, for a module in Rust: the first is
# the one that a load has. (What a load takes beside insmod: tests/vm/load.sh figures.)
#
# usage: load.sh [RUNS]
. "$(dirname "$0")/lib.sh"
begin
runs=${1:-201}
build=${RKMOD_BENCH_BUILD:-$TOP/build-tests/gcc}

meson compile -C "$build" verdict-time >/dev/null || exit 2
make_module "$T/m"
rkmod build --root "$ROOT" "$T/m" >/dev/null || exit 1
cp "$build/tests/verdict-time" "$T"
echo "$(stat -c %s "$T/m/hello.ko") bytes, at most 5 ms wanted"
as_user "$T/verdict-time" "$ROOT" "$T/m/hello.ko" "$runs"
