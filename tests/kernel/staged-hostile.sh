#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Names and contents that lead elsewhere: checked like others or refused, and rkmod writes
# nowhere but in its private folder.
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
	(cd "$repo" && rkmod check --staged --no-fmt "$@")
}

# outside: all that nobody may touch
outside()
{
	find "$T/outside" -printf '%p %y %m %T@ %l\n' | sort
	find "$T/outside" -type f -print0 | sort -z | xargs -0 sha256sum
}

mkdir -p "$T/outside/dir"
echo kept >"$T/outside/dir/file"
give "$T/outside"
before=$(outside)
make_module "$repo"
printf '{ "root": "%s" }\n' "$ROOT" >"$repo/rkmod.json"
long=$(printf 'n%.0s' {1..240})
as_user sh -c 'cd "$1" && echo x >-rf && echo x >"new
line" && echo x >"$2" && mkdir -p "$2.d/$2" && echo x >"$2.d/$2/$2" &&
	ln -s "$3/outside/dir" out && ln -s ../../../../../../etc/passwd secret && echo x >"esc$(printf "\033")[31m"' \
	sh "$repo" "$long" "$T"
give "$repo"
as_user git init -q "$repo"
g add .
expect 0 'strange names and links out of the tree are checked like others' staged
stdout_has 'and the module is judged' 'hello.ko'
same 'nothing was written through them' "$before" "$(outside)"
g commit -qm first

# A folder becomes a link that leads out, and back: checkouts on top of each other.
g rm -q --cached out
as_user sh -c 'rm "$1/out" && mkdir "$1/out" && echo y >"$1/out/file"' sh "$repo"
g add .
expect 0 'a link that becomes a folder is no way out' staged
as_user sh -c 'rm -r "$1/out" && ln -s "$2/outside/dir" "$1/out"' sh "$repo" "$T"
g add .
expect 0 'nor is a folder that becomes a link' staged --no-cache
same 'nothing was written there' "$before" "$(outside)"

# A link where Kbuild writes: in bubblewrap it leads nowhere.
as_user ln -s "$T/outside/dir/new" "$repo/hello.mod.c"
g add .
expect 1 'a link in place of what is built fails the build' staged
same 'and nothing was written there either' "$before" "$(outside)"
g rm -qf hello.mod.c

# Git refuses to add such a path: it is written into the index, checksum and all.
as_user mkdir "$repo/aa"
as_user cp "$repo/hello.rs" "$repo/aa/escaped"
g add aa
as_user cp "$repo/.git/index" "$T/index.good"
as_user python3 - "$repo/.git/index" <<'PY'
import hashlib, sys

data = open(sys.argv[1], "rb").read()[:-20].replace(b"aa/escaped", b"../escaped")
open(sys.argv[1], "wb").write(data + hashlib.sha1(data).digest())
PY
expect 2 "a path with '..' is refused" staged
[ -z "$(find "$CACHE/rkmod/staged" -name escaped)" ]
result $? 'and not written'
as_user cp "$T/index.good" "$repo/.git/index"
g rm -rqf aa

as_user truncate -s 257M "$repo/large"
echo '// more' | as_user tee -a "$repo/hello.rs" >/dev/null
g add large hello.rs
expect 2 'more than 256 MiB are refused when something has to be built' staged
stderr_has 'with the file' "'large'"
finish
