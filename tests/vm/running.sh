#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# `rkmod check --running` inside the kernel that answers.
. "$(dirname "$0")/../lib.sh"
begin

cp -r "$TOP/tests/vm/running" "$T/m"
give "$T/m"
rkmod build --root "$ROOT" "$T/m" >"$T/stdout" 2>"$T/stderr" # undefined symbols
[ -e "$T/m/run_taker.ko" ]
result $? 'the modules build' || diag "$T/stdout" "$T/stderr"
expect 0 'they are judged and inserted in a guest' rkmod vm --root "$ROOT" --format json \
	--with-rkmod --exec "$TOP/tests/vm/running-guest.sh" --timeout 300 \
	--append module_blacklist=run_black --file "$RKMOD_INSERT=/insert" "$T"/m/*.ko
json script_output >"$T/output"
diag "$T/output"

# is NAME ERRNO: predicted, and answered
is()
{
	same "$1: $2, as predicted" "$1 $2 $2" "$(grep "^$1 " "$T/output")"
}

# tells NAME TEXT: what rkmod said there
tells()
{
	grep "^$1: " "$T/output" >"$T/part"
	has "$T/part" "$1: '$2' is told" "$2"
}

is plain 0
is twice EEXIST
is taker-alone ENOENT
tells taker-alone run_give
is crc-alone ENOENT
tells crc-alone "crc-itu-t"
is crc-needed 0
is crc 0
is giver 0
is exports-again ENOEXEC
tells no-kallsyms 'run_taker.ko: undecided'
tells no-kallsyms "whether a loaded module exports 'run_give' is not known"
tells no-kallsyms '/proc/kallsyms'
tells no-modules '/proc/modules'
is taker 0
is blacklisted EPERM
is built-in EINVAL
is parameter EINVAL
is parameter-good 0
is again 0
is locked-down EPERM
is locked-down-parameter EPERM
is locked-down-signed 0
is enforced EKEYREJECTED
is enforced-signed 0
is disabled EPERM
finish
