#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Modules that the kernel refuses, that make it oops, that never come back.
. "$(dirname "$0")/../lib.sh"
begin

vm()
{
	rkmod vm --root "$ROOT" --format json "$@"
}

make_sample params "$T/params"
expect 0 'params: builds' rkmod build --root "$ROOT" "$T/params"
expect 0 'parameters reach the module' vm "$T/params/params.ko" number=-7 times=2
stdout_has 'they are in its log' 'params: number is -7'
expect 1 'a module that refuses its parameters' vm "$T/params/params.ko" times=11
same 'its errno is shown' EINVAL "$(json modules 0 errno)"

LC_ALL=C sed "s/vermagic=$RELEASE/vermagic=${RELEASE/./_}/" "$T/params/params.ko" >"$T/other.ko"
give "$T/other.ko"
expect 1 'a module for another kernel is refused' vm "$T/other.ko"
same 'the errno of version magic' ENOEXEC "$(json modules 0 errno)"
stdout_has 'the message of the kernel' "version magic '${RELEASE/./_}"

for name in oops hang; do
	cp -r "$TOP/tests/vm/$name" "$T/$name"
	give "$T/$name"
	expect 0 "$name: builds" rkmod build --root "$ROOT" "$T/$name"
done
expect 1 'an oops is no success' vm "$T/oops/oops.ko"
same 'it is reported' true "$(json oops)"
stdout_has 'with its first lines' 'NULL pointer dereference'
expect 1 'a module that hangs is given up' vm --timeout 30 "$T/hang/hang.ko"
same 'that is reported' no-answer "$(json modules 0 result)"
finish
