#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check --staged: how what is staged is formatted, which attributes and settings count,
# and what is kept of it.
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
printf 'fn a() {\n  b();\n}\n' | as_user tee "$repo/unstaged.rs" >/dev/null
printf 'fn a() {\n    b();\n}\n' | put part.rs
expect 0 'what is not staged is not looked at' staged
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
finish
