#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rkmod check --staged in a repository of 5,000 files: nothing relevant staged, a kept
# answer, one module edited. Medians of runs that take turns.
#
# shellcheck disable=SC2016 # the shell inside expands what is in single quotes
. "$(dirname "$0")/lib.sh"
begin
runs=${1:-15}
repo=$T/repo

g()
{
	as_user git -C "$repo" -c user.name=t -c user.email=t@t "$@"
}

staged()
{
	as_user sh -c 'cd "$1" && exec "$2" check --staged --no-fmt' sh "$repo" \
		"$RKMOD_TEST_PREFIX/bin/rkmod"
}

# What both sides pay for being started.
nothing()
{
	as_user sh -c 'cd "$1" && exec true' sh "$repo"
}

diff_cached()
{
	as_user sh -c 'cd "$1" && git diff --cached --quiet || true' sh "$repo"
}

# measure WORDS LIMIT-MS
measure()
{
	local -a rkmod_ms=() git_ms=() idle_ms=()
	local i idle ours theirs

	for ((i = 0; i < runs; i++)); do
		ms staged
		rkmod_ms+=("$took")
		ms diff_cached
		git_ms+=("$took")
		ms nothing
		idle_ms+=("$took")
	done
	idle=$(median "${idle_ms[@]}")
	ours=$(($(median "${rkmod_ms[@]}") - idle))
	theirs=$(($(median "${git_ms[@]}") - idle))
	printf '%-24s rkmod %4d ms (at most %s), git diff --cached --quiet %4d ms, ratio %s\n' \
		"$1" "$ours" "$2" "$theirs" "$(ratio "$ours" "$((theirs > 0 ? theirs : 1))")"
}

make_module "$repo"
printf '{ "root": "%s" }\n' "$ROOT" >"$repo/rkmod.json"
for ((i = 0; i < 50; i++)); do
	mkdir -p "$repo/docs/$i"
	for ((j = 0; j < 100; j++)); do
		echo "$i $j" >"$repo/docs/$i/$j.txt"
	done
done
give "$repo"
as_user git init -q "$repo"
g add .
staged || exit 2
g commit -qm first
echo more | as_user tee -a "$repo/docs/1/1.txt" >/dev/null
g add .
measure 'nothing relevant staged' 20
echo '// more' | as_user tee -a "$repo/hello.rs" >/dev/null
g add .
staged || exit 2
measure 'a kept answer' 20

# One module edited, against make in a folder of its own on a KDIR with the metadata.
copy_kdir_with_metadata "$T/kdir" || exit 2
make_module "$T/make"
by_make()
{
	BINDS=(--ro-bind "$T/kdir" "$ROOT$KDIR")
	in_tree "$T/make" make -C "$KDIR" M="$T/make"
}

by_rkmod()
{
	BINDS=(--ro-bind "$ROOT$KDIR" "$ROOT$KDIR")
	staged
}

by_make >/dev/null 2>&1
rkmod_ms=()
make_ms=()
for ((i = 0; i < runs; i++)); do
	echo "// edit $i" | as_user tee -a "$repo/hello.rs" >>"$T/make/hello.rs"
	BINDS=()
	g add hello.rs
	ms by_rkmod
	rkmod_ms+=("$took")
	ms by_make
	make_ms+=("$took")
done
printf 'one module edited        rkmod %4d ms, make %4d ms, ratio %s (at most 1.15)\n' \
	"$(median "${rkmod_ms[@]}")" "$(median "${make_ms[@]}")" \
	"$(ratio "$(median "${rkmod_ms[@]}")" "$(median "${make_ms[@]}")")"
