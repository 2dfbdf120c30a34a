#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A set is whole or not there: killed runs, two runs at once, damage.
. "$(dirname "$0")/../lib.sh"
begin
CACHE=$T/cache # an empty one
SETS=$T/cache/rkmod/metadata

# shellcheck disable=SC2120
prepare()
{
	rkmod prepare --root "$ROOT" "$@"
}

# Names of complete sets
sets()
{
	find "$SETS" -mindepth 2 -maxdepth 2 -name record -not -path '*.tmp-*' \
		-printf '%h\n' 2>"$T/find.err"
}

# SIGKILL for rkmod alone: what it started must end by itself
kill_after()
{
	local pid

	# shellcheck disable=SC2119
	prepare >"$T/killed.out" 2>&1 &
	sleep "$1"
	pid=$(pgrep -P $!) # not by name: other tests run at the same time
	kill -KILL "$pid"
	result $? "killed after $1 s"
	wait $!
	same "killed after $1 s: there is no set" '' "$(sets)"
}

for seconds in 1 4 12 30; do
	kill_after "$seconds"
done
[ -n "$(find "$SETS" -maxdepth 1 -name '*.tmp-*')" ]
result $? 'a killed run leaves a temporary folder'

# shellcheck disable=SC2119
prepare -v >"$T/first.out" 2>"$T/first.err" &
first=$!
sleep 2
expect 0 'the second of two runs succeeds' prepare -v
wait $first
same 'the first succeeds' 0 $?
# On a busy machine it may be the second that comes first.
cat "$T/first.err" "$T/stderr" >"$T/both.err"
has "$T/both.err" 'one waited for the other' 'waiting for it'
same 'and only one made it' 1 "$(grep -c 'making the Rust metadata' "$T/both.err")"
has "$T/first.out" 'it counts the exports' "of $(grep -c -P '\t(_R|rust_helper_)' \
	"$ROOT$KDIR/Module.symvers") Rust symbols"
same 'both name one set' "$(sed 's/.* in //' "$T/first.out")" "$(sed 's/.* in //' "$T/stdout")"
same 'there is one set' 1 "$(sets | wc -l)"
[ -z "$(find "$SETS" -maxdepth 1 -name '*.tmp-*')" ]
result $? 'what the killed runs left is gone'

set_dir=$(sets)
expect 0 'a good set passes its hashes' prepare --verify
as_user cp -r "$set_dir" "$T/copy"
as_user rm -r "$set_dir"
as_user mv "$T/copy" "$set_dir"
expect 0 'so does a copy of it' prepare --source /nothing
expect 0 'whose times and inodes are the right ones then' prepare --verify
cp -a "$set_dir/rust/libffi.rmeta" "$T/libffi.rmeta"
printf 'X' | as_user dd of="$set_dir/rust/libffi.rmeta" bs=1 seek=4000 conv=notrunc \
	2>"$T/dd.err"
as_user touch -r "$T/libffi.rmeta" "$set_dir/rust/libffi.rmeta"
expect 0 'contents are not compared at each use' prepare
expect 2 'but by --verify' prepare --verify --source /nothing
stderr_has 'the file is named' "'rust/libffi.rmeta' has other contents"

as_user touch "$set_dir/rust/libffi.rmeta"
expect 2 'a file of another time is damage' prepare --source /nothing
stderr_has 'the file is named' "'rust/libffi.rmeta' has changed"
same 'the damaged set is removed' '' "$(sets)"
finish
