#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every sample is built, loaded into the stock kernel and unloaded, and logs what its
# expected.log says.
. "$(dirname "$0")/../lib.sh"
begin

# own_log NAME: the lines of the module itself in the JSON of the last command
own_log()
{
	json log | grep "^$1: " |
		grep -v ': loading out-of-tree module taints\|: module verification failed'
}

for name in hello params miscdev mixed; do
	dir=$TOP/samples/$name
	options=()
	[ ! -e "$dir/exercise.sh" ] || options=(--exec "$dir/exercise.sh")
	make_sample "$name" "$T/$name"
	expect 0 "$name: builds" rkmod build --root "$ROOT" "$T/$name"
	expect 0 "$name: loads and unloads" rkmod vm --root "$ROOT" --format json \
		"${options[@]}" "$T/$name/$name.ko"
	same "$name: logs what is expected" "$(cat "$dir/expected.log")" "$(own_log "$name")"
done
finish
