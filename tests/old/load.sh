#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What was built for the old kernel is loaded into it and unloaded.
. "$(dirname "$0")/lib.sh"
. "$TOP/tests/kernel/shapes-lib.sh"
begin
without_out_dir
make_many "$T/many"
expect 0 'builds without --out-dir' rkmod build --root "$ROOT" --out "$T/out" "$T/many"
make_pair "$T/pair"
expect 0 'the one that exports builds' rkmod build --root "$ROOT" "$T/pair/giver"
expect 0 'the one that takes builds' rkmod build --root "$ROOT" "$T/pair/taker" -- \
	KBUILD_EXTRA_SYMBOLS="$T/pair/giver/Module.symvers"

expect 0 'modules of all shapes are loaded and unloaded' rkmod vm --root "$ROOT" --format json \
	"$T/out/one.ko" "$T/out/two.ko" "$T/out/da-sh.ko" "$T/out/sub/three.ko"
json log >"$T/log"
has "$T/log" 'the module of Rust and C works' 'two: twice 21 is 42'
has "$T/log" 'the one with a - in its name works' 'da_sh: loaded'
has "$T/log" 'the one of a subfolder works' 'three: loaded'
expect 0 'a module and the one that it needs are loaded' rkmod vm --root "$ROOT" \
	--format json "$T/pair/giver/giver.ko" "$T/pair/taker/taker.ko"
json log >"$T/log"
has "$T/log" 'the exported function is called' 'taker: twice 21 is 42'
finish
