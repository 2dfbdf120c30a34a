#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check --staged: what "check" and "kernels" of rkmod.json change, and a tree without
# rustfmt.
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

# settings TEXT: of rkmod.json, beside the root; staged
settings()
{
	printf '{ "root": "%s"%s }\n' "$ROOT" "$1" | as_user tee "$repo/rkmod.json" >/dev/null
	g add rkmod.json
}

make_module "$repo"
as_user git init -q "$repo"
settings ''
printf 'fn a() {\n  b();\n}\n' | as_user tee "$repo/part.rs" >/dev/null
g add .

BINDS=(--ro-bind /dev/null "$ROOT/usr/bin/rustfmt")
expect 0 'without rustfmt a format is no failure' staged
stderr_has 'which is said' 'there is no rustfmt'
expect 0 'and again' staged --no-cache
! grep -q rustfmt "$T/stderr"
result $? 'but said once'
BINDS=()
expect 1 'when it comes, what was passed without it is not' staged
stdout_has 'with the code' '[not-formatted]'

settings ', "check": { "not-formatted": "warning" }'
expect 0 'a warning stops nothing' staged
stdout_has 'and is shown as one' "warning: 'part.rs'"
settings ', "check": { "not-formatted": "note", "taint": "error" }'
expect 1 'what counts as an error stops a good module' staged
stdout_has 'whose verdict stays' 'hello.ko: accept'
g rm -q --cached part.rs

settings ", \"kernels\": [\"$RELEASE\", \"9.9.9-none\"]"
expect 2 'a kernel that is not there cannot be checked for' staged
stderr_has 'and is named' '9.9.9-none'
stdout_has 'after the others' 'hello.ko: accept'
finish
