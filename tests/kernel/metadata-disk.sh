#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A disk that is too small: a clear error, and nothing is left on it.
. "$(dirname "$0")/../lib.sh"
begin
CACHE=$T/small
mkdir "$CACHE"
give "$CACHE"

# SIZE: a cache of that many bytes, seen by this run alone; what is left goes to stdout
prepare_on()
{
	BINDS=(--size "$1" --perms 0777 --tmpfs "$CACHE")
	# shellcheck disable=SC2016
	as_user sh -c '"$@"; status=$?; find "$XDG_CACHE_HOME/rkmod/metadata" -type f -size +0; exit $status' \
		- "$RKMOD_TEST_PREFIX/bin/rkmod" prepare --root "$ROOT"
}

# While the source is unpacked, and while the crates are made
for size in 60000000 330000000; do
	expect 2 "$size bytes are not enough" prepare_on "$size"
	stderr_has 'it says so' 'no space left'
	stderr_has 'and what to do' 'XDG_CACHE_HOME'
	same 'nothing is left' '' "$(cat "$T/stdout")"
done
BINDS=()
finish
