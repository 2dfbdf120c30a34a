#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check --staged: how what is staged is formatted, which attributes and settings count,
# and what is kept of it.
#
# shellcheck disable=SC2016 # the shell inside expands what is in single quotes
. "$(dirname "$0")/../lib.sh"
begin
repo=$T/repo

g()
{
	as_user git -C "$repo" -c user.name=t -c user.email=t@t "$@"
}

staged()
{
	(cd "$repo" && rkmod check --staged "$@")
}

# put FILE: stdin becomes a file of the repository, and is staged
put()
{
	as_user tee "$repo/$1" >/dev/null
	g add "$1"
}

make_module "$repo"
printf '{ "root": "%s" }\n' "$ROOT" >"$repo/rkmod.json"
give "$repo"
as_user git init -q "$repo"
g add .
expect 0 'a module that is formatted passes' staged
g commit -qm first

# --- rustfmt

printf '// SPDX-License-Identifier: GPL-2.0\n\nfn a() {\n  b();\n}\n' | put part.rs
expect 1 'a staged file that is not formatted is a no' staged
stdout_has 'with its place' 'part.rs:4'
stdout_has 'and what to do' 'git add'
expect 0 '--no-fmt passes it' staged --no-fmt
printf 'fn a() {\n  b();\n}\n' | as_user tee "$repo/unstaged.rs" >/dev/null # not staged
printf 'fn a() {\n    b();\n}\n' | put part.rs
expect 0 'what is not staged is not looked at' staged
as_user rm "$repo/unstaged.rs"
printf 'tab_spaces = 2\n' | put rustfmt.toml
expect 1 "the repository's own settings count" staged
printf 'async fn a() {\n  b().await;\n}\n' | put part.rs
printf 'edition = "2015"\n' | put rustfmt.toml
expect 0 'and its edition, in which this cannot be parsed' staged
printf 'max_width = 100\n' | put rustfmt.toml
expect 1 "without one it is the kernel's" staged
printf 'fn a() {\r\n    b();\r\n}\r\n' | put part.rs
expect 0 'ends of lines are no matter of format' staged
printf '{ "root": "%s", "fmt": false }\n' "$ROOT" | put rkmod.json
printf 'fn a() {\n  b();\n}\n' | put part.rs
expect 0 '"fmt": false in rkmod.json turns it off' staged
g reset -q --hard

# --- rkmod.json, and what an answer is kept under

echo 'not a setting' | as_user tee "$repo/rkmod.json" >/dev/null
expect 0 'an rkmod.json that is not staged does not steer' staged
g add rkmod.json
expect 2 'the staged one does' staged --hook
stderr_has 'and is named' 'rkmod.json (staged)'
stderr_has 'with the ways past it' 'RKMOD_HOOK=0'
expect 0 'which lead past it' as_user env RKMOD_HOOK=0 sh -c \
	'cd "$1" && "$2" check --staged --hook' sh "$repo" "$RKMOD_TEST_PREFIX/bin/rkmod"
g rm -q --cached rkmod.json
expect 2 'one that git does not know is read where it lies' staged
g reset -q --hard
printf '{ "root": "%s", "prepare": false }\n' "$ROOT" | put rkmod.json
expect 0 '"prepare": false takes metadata that are there' staged
expect 2 'and makes none' as_user env XDG_CACHE_HOME="$T/empty" sh -c \
	'cd "$1" && "$2" check --staged' sh "$repo" "$RKMOD_TEST_PREFIX/bin/rkmod"
stderr_has 'but says how' 'rkmod prepare'
same 'nor begins to' '' "$(find "$T/empty" -name '*.rmeta')"
g reset -q --hard

echo '// a comment' | as_user tee -a "$repo/hello.rs" >/dev/null
g add hello.rs
expect 0 'a verdict is told in colours' staged --color always
escape=$(printf '\033')
stdout_has 'indeed' "${escape}["
expect 0 'and again from what is kept' staged --color always
stdout_has 'in the same ones' "${escape}["
expect 0 'without them it is another answer' staged
! grep -q "$escape" "$T/stdout"
result $? 'without them'
cp "$T/stdout" "$T/plain"
expect 0 'so is it with -v' staged -v
! cmp -s "$T/stdout" "$T/plain"
result $? 'which is longer'
expect 0 'and with -q' staged -q
same 'which says nothing' '' "$(cat "$T/stdout")"
g reset -q --hard

# --- what a build made

# A build in the work tree, and all of it added.
expect 0 'a build in the work tree' rkmod build -q "$repo"
g add -f .
as_user sed -i 's/pr_info!/pr_inf!/' "$repo/hello.rs"
g add .
staged --no-fmt >"$T/stdout" 2>"$T/stderr"
stdout_has 'objects that git keeps are warned of' '[objects-tracked]'
stdout_has 'with one of them' 'hello'
g reset -q --hard
as_user git -C "$repo" clean -qfdx

# --- what is kept

# put_old NAME DAYS: a place that nobody used for long
put_old()
{
	as_user mkdir -p "$CACHE/rkmod/staged/$1/tree"
	as_user touch "$CACHE/rkmod/staged/$1/lock"
	as_user touch -d "$2 days ago" "$CACHE/rkmod/staged/$1"
}

# place: of the repository; its name begins with a hash of its path
place()
{
	echo "$CACHE/rkmod/staged/$(printf '%s/.git/\0' "$repo" | sha256sum | cut -c1-16)"-*
}

answers=$(place)/answers
[ -d "$answers" ]
result $? 'answers are kept in the place of the repository'
as_user sh -c 'i=0; while [ $i -lt 250 ]; do : >"$1/old-$i"; touch -d "1 day ago" "$1/old-$i"; i=$((i + 1)); done
	touch -d "91 days ago" "$1/old-0"' sh "$answers"
echo '// other' | as_user tee -a "$repo/hello.rs" >/dev/null
g add hello.rs
expect 0 'another content is judged' staged --no-fmt
same 'the youngest 200 answers stay' 200 "$(find "$answers" -type f | wc -l)"
[ ! -e "$answers/old-0" ]
result $? 'the oldest goes'
as_user find "$answers" -name 'old-*' -delete
sum=$(cat "$answers"/* | sha256sum)
expect 0 'the same content is not judged again' staged --no-fmt
same 'and its answer stays' "$sum" "$(cat "$answers"/* | sha256sum)"

put_old "old-$$" 31
put_old "locked-$$" 31
put_old "young-$$" 0 # more than 50 places, and an older one would go
as_user flock "$CACHE/rkmod/staged/locked-$$/lock" sleep 60 &
holder=$!
repo=$T/another
make_module "$repo"
printf '{ "root": "%s" }\n' "$ROOT" >"$repo/rkmod.json"
give "$repo"
as_user git init -q "$repo"
g add .
expect 0 'another repository gets a place' staged --no-fmt
[ ! -e "$CACHE/rkmod/staged/old-$$" ]
result $? 'what was not used for a month goes then'
[ -d "$CACHE/rkmod/staged/locked-$$/tree" ]
result $? 'but not what is in use'
[ -d "$CACHE/rkmod/staged/young-$$/tree" ]
result $? 'nor what is young'
kill $holder
rm -rf "$CACHE/rkmod/staged/locked-$$" "$CACHE/rkmod/staged/young-$$"

# The lock goes with the place: what a waiter holds then locks nothing.
was=$(place)
as_user flock "$was/lock" sh -c 'sleep 3; mv "$1" "$2"' sh "$was" "$T/gone" &
holder=$!
sleep 1
expect 0 'who waited for a place that went gets a new one' staged --no-fmt --no-cache -v
stderr_has 'after waiting' 'waiting: another rkmod'
wait $holder
[ -f "$was/tree/hello.ko" ] && [ -f "$was/lock" ]
result $? 'and builds there'
finish
