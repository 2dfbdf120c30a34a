#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check --staged killed at random moments: the repository is whole, the next answer is
# right. And two commits at once in two work trees.
#
# RKMOD_TEST_KILLS  how many (50); RKMOD_TEST_SEED  where chance starts (1)
. "$(dirname "$0")/../lib.sh"
begin
kills=${RKMOD_TEST_KILLS:-50}
repo=$T/repo
RANDOM=${RKMOD_TEST_SEED:-1}

g()
{
	as_user git -C "$repo" -c user.name=t -c user.email=t@t "$@"
}

check()
{
	(cd "$repo" && rkmod check --staged --no-fmt)
}

# killed MS: it gets SIGKILL after so long; the children are bubblewrap's to end
killed()
{
	(cd "$repo" && as_user timeout -s KILL "$(awk -v ms="$1" 'BEGIN { print ms / 1000 }')" \
		"$RKMOD_TEST_PREFIX/bin/rkmod" check --staged --no-fmt --no-cache) \
		>/dev/null 2>&1
}

now_ms()
{
	echo $(($(date +%s%N) / 1000000))
}

make_module "$repo"
printf '{ "root": "%s" }\n' "$ROOT" >"$repo/rkmod.json"
give "$repo"
as_user git init -q "$repo"
g add .
expect 0 'what is staged is good' check
as_user cp "$repo/hello.rs" "$T/good.rs"
start=$(now_ms)
echo '// once more' | as_user tee -a "$repo/hello.rs" >/dev/null
g add .
check >/dev/null 2>&1
whole=$(($(now_ms) - start)) # how long a check with a build takes here

n_wrong=0
for ((i = 0; i < kills; i++)); do
	# Turn by turn a content that builds and one that does not.
	as_user cp "$T/good.rs" "$repo/hello.rs"
	echo "// $i" | as_user tee -a "$repo/hello.rs" >/dev/null
	[ $((i % 2)) = 0 ] || echo 'fn broken(' | as_user tee -a "$repo/hello.rs" >/dev/null
	g add .
	killed $((1 + RANDOM % whole))
	[ $((i % 5)) = 4 ] || continue # several in a row, then a look
	check >"$T/out" 2>&1
	got=$?
	if ! as_user git -C "$repo" fsck --strict >"$T/fsck" 2>&1 || [ $got != $((i % 2)) ] ||
		[ -n "$(g diff --name-only)" ] || [ -e "$repo/.git/index.lock" ]; then
		n_wrong=$((n_wrong + 1))
		diag "$T/out" "$T/fsck"
	fi
done
same 'after each kill the repository is whole and the answer right' 0 "$n_wrong"

# Two commits at once.
as_user cp "$T/good.rs" "$repo/hello.rs"
(cd "$repo" && as_user "$RKMOD_TEST_PREFIX/bin/rkmod" hook install -q)
g add .
expect 0 'the first commit passes' g commit -qm first
g worktree add -q "$T/linked" >/dev/null 2>&1
as_user cp "$repo/rkmod.json" "$T/linked/" 2>/dev/null
echo '// here' | as_user tee -a "$repo/hello.rs" >/dev/null
echo 'fn broken(' | as_user tee -a "$T/linked/hello.rs" >/dev/null
g commit -qam here >"$T/here" 2>&1 &
here=$!
as_user git -C "$T/linked" -c user.name=t -c user.email=t@t commit -qam there >"$T/there" 2>&1
there=$?
wait "$here"
same 'of two commits at once the good one passes' 0 $? || diag "$T/here"
same 'and the other one is stopped' 1 "$there" || diag "$T/there"
finish
