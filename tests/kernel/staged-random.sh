#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Random commits: what check --staged says of an index is what a build of a fresh checkout
# of it says, and the work tree stays as it is. Two repositories side by side.
#
# RKMOD_TEST_COMMITS  how many in each (50); RKMOD_TEST_SEED  where the first starts (1)
. "$(dirname "$0")/../lib.sh"
begin
commits=${RKMOD_TEST_COMMITS:-50}
seed=${RKMOD_TEST_SEED:-1}

g()
{
	as_user git -C "$repo" -c user.name=t -c user.email=t@t "$@"
}

# state: what git thinks of the work tree, and all that is in it
state()
{
	g status --porcelain=v2
	find "$repo" -name .git -prune -o -printf '%P %y %m %T@ %l\n' | sort
	find "$repo" -name .git -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
}

new_repository()
{
	repo=$T/$1
	make_module "$repo"
	echo 'hello' >"$repo/README"
	printf '{ "root": "%s" }\n' "$ROOT" >"$repo/rkmod.json"
	give "$repo"
	as_user git init -q "$repo"
	g add .
	g commit -qm first
}

append()
{
	printf '%s\n' "$1" | as_user tee -a "$repo/$2" >/dev/null
}

# edit NUMBER: one of the things that happen to a repository; the rest is git add. Few
# values, so that contents come back, and kept answers with them.
edit()
{
	case $1 in
	0)
		as_user sed -i '/^\/\/ [0-9]*$/d' "$repo/hello.rs"
		append "// $((RANDOM % 3))" hello.rs
		;;
	1) as_user sed -i 's/pr_info!/pr_inf!/' "$repo/hello.rs" ;;
	2) as_user sed -i 's/license: "GPL"/license: "Proprietary"/' "$repo/hello.rs" ;;
	3) echo "words $((RANDOM % 3))" | as_user tee "$repo/README" >/dev/null ;;
	4) # a second module
		as_user cp "$repo/hello.rs" "$repo/other.rs"
		append 'obj-m += other.o' Kbuild
		;;
	5) as_user rm -f "$repo/other.rs" ;; # its line in Kbuild may stay
	6) as_user sed -i '/other/d' "$repo/Kbuild" ;;
	7) [ ! -f "$repo/other.rs" ] || g mv -f other.rs renamed.rs ;;
	8) append 'ccflags-y += -DNOTHING' Kbuild ;;
	9) append 'obj-m += nothing.o' Kbuild ;;
	10) # a part of the source in a file of its own
		echo "pub(crate) const N: u32 = $((RANDOM % 3));" |
			as_user tee "$repo/part.rs" >/dev/null
		grep -q '^mod part' "$repo/hello.rs" || append 'mod part;' hello.rs
		;;
	11) as_user rm -f "$repo/part.rs" ;;
	12) append 'const UNUSED_TYPE: u32 = "no number";' hello.rs ;;
	13) g checkout -q HEAD -- . ;;
	esac
}

# fresh: 0 or 1, by a checkout of the index in an empty folder and its own build; once for
# each content
fresh()
{
	local dir=$T/fresh-${repo##*/} status known

	known=$T/known-${repo##*/}-$(g write-tree)
	[ ! -f "$known" ] || return "$(cat "$known")"
	rm -rf "$dir"
	as_user mkdir "$dir"
	g checkout-index -a --prefix="$dir/"
	rkmod build -q --root "$ROOT" "$dir" >/dev/null 2>"$dir.err"
	status=$?
	[ $status != 2 ] || cat "$dir.err" >&2
	echo $status >"$known"
	return $status
}

# one: an edit that is staged, one that may not be, and both verdicts
one()
{
	local before kind got want again=()

	[ $((RANDOM % 3)) != 0 ] || g checkout -q HEAD -- .
	kind=$((RANDOM % 14))
	edit "$kind"
	g add -A
	edit_unstaged=$((RANDOM % 3))
	[ $edit_unstaged != 0 ] || append "fn broken_$RANDOM(" hello.rs
	[ $((RANDOM % 4)) != 0 ] || again=(--no-cache)
	before=$(state)
	(cd "$repo" && rkmod check --staged --no-fmt "${again[@]}") >"$repo.out" 2>&1
	got=$?
	fresh
	want=$?
	[ "$before" = "$(state)" ] || {
		echo "touched after edit $kind"
		return 1
	}
	[ "$got" = "$want" ] || {
		echo "edit $kind: $got, and a fresh checkout $want"
		cat "$repo.out"
		return 1
	}
	[ "$edit_unstaged" != 0 ] || g checkout -q -- hello.rs
	if [ "$got" = 0 ]; then
		g commit -q --allow-empty -m "edit $kind"
	else
		g reset -q --hard
	fi
	echo "verdict $got"
}

# run NAME SEED: prints a line for each commit
run()
{
	local i

	new_repository "$1"
	RANDOM=$2
	for ((i = 0; i < commits; i++)); do
		one
	done
}

run left "$seed" >"$T/left.log" 2>&1 &
run right $((seed + 1)) >"$T/right.log" 2>&1 &
wait
cat "$T/left.log" "$T/right.log" >"$T/log"
same 'every verdict is that of a fresh checkout, and nothing is touched' $((2 * commits)) \
	"$(grep -c '^verdict [01]$' "$T/log")" || diag "$T/log"
if [ "$commits" -ge 10 ]; then # with fewer, chance decides
	grep -q '^verdict 0$' "$T/log" && grep -q '^verdict 1$' "$T/log"
	result $? 'there were both answers' || diag "$T/log"
fi
diag <(sort "$T/log" | uniq -c)
echo "# $(find "$T" -maxdepth 1 -name 'known-*' | wc -l) fresh builds"
finish
