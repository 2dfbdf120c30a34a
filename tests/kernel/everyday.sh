#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is done every day: fmt, clippy, doc and ci, by the tree's own programs. No guest.
. "$(dirname "$0")/../lib.sh"
begin

M=$T/my-driver
# at_home COMMAND ARGS...: rkmod in the module's folder, with the settings in it
at_home()
{
	as_user env -C "$M" "$RKMOD_TEST_PREFIX/bin/rkmod" "$@"
}

follows()
{
	"$TOP/tests/validate.py" "$TOP/cmd/schema/$2.json" "$T/stdout" >"$T/why"
	result $? "$1" || diag "$T/why" "$T/stdout"
}

expect 0 'a module is made' rkmod new --root "$ROOT" --kind mixed "$M"

# --- fmt
expect 0 'fmt: the new module is formatted' at_home fmt --check
chmod 640 "$M/main.rs"
sed -i 's/^struct Mod/  struct Mod/; s/^struct \(.*\);$/  struct   \1;/' "$M/main.rs"
cp "$M/main.rs" "$T/before"
expect 1 'fmt: --check finds a change' at_home fmt --check --format json
follows 'fmt: the answer follows its schema' fmt
same 'fmt: and names the line' 'main.rs:26' "$(json findings 0 where)"
expect 1 'fmt: as an annotation' at_home fmt --check --format github
stdout_has 'fmt: with file and line' '::error file=main.rs,line=26,title=not-formatted::'
cmp -s "$T/before" "$M/main.rs"
result $? 'fmt: --check writes nothing'
expect 0 'fmt: writes it' at_home fmt
same 'fmt: the mode stays' 640 "$(stat -c %a "$M/main.rs")"
expect 0 'fmt: then nothing is left to do' at_home fmt --check
echo 'fn {' >"$M/broken.rs"
expect 1 'fmt: a file with a syntax error is a no' at_home fmt
stderr_has 'fmt: it is named' 'broken.rs: rustfmt cannot read it'
rm "$M/broken.rs"

# --- clippy
files=$(ls -A "$M")
expect 0 'clippy: the new module has no findings' at_home clippy --strict
same 'clippy: nothing is built in the folder' "$files" "$(ls -A "$M")"
sed -i 's,^fn fnv1a,#[allow(dead_code)]\nfn lint(x: \&u32) -> u32 {\n    x.clone()\n}\n\nfn fnv1a,' \
	"$M/main.rs"
expect 0 'clippy: a warning is no failure' at_home clippy
stderr_has 'clippy: its place is the source' '--> main.rs:'
stderr_has 'clippy: the lint is named' 'clone_on_copy'
expect 1 'clippy: with --strict it is one; and it is said again' \
	at_home clippy --strict --format json
follows 'clippy: the answer follows its schema' clippy
same 'clippy: they are counted' 1 "$(json warnings)"
expect 0 'clippy: an annotation' at_home clippy --format github
stdout_has 'clippy: with file and line' '::warning file=main.rs,line='

# --- doc
expect 0 'doc: is written' at_home doc --format json
follows 'doc: the answer follows its schema' doc
same 'doc: a page for the crate' "$M/doc/main/index.html" "$(json pages 0)"
has "$M/doc/main/index.html" 'doc: with what the file says' 'Rust and C in one module'
has "$M/doc/main/fn.fnv1a.html" 'doc: private functions, too' 'fnv1a'
same 'doc: git does not see it' '' "$(as_user git -C "$M" status --porcelain doc)"
expect 0 'doc: into another folder' at_home doc --out "$T/pages"
[ -f "$T/pages/main/index.html" ]
result $? 'doc: it is there'

# --- ci, without its guest (tests/vm/new.sh has one)
expect 0 'ci: all steps' at_home ci --skip vm --format json
follows 'ci: the answer follows its schema' ci
same 'ci: each has its outcome' '["ok", "ok", "ok", "ok", "skipped"]' "$(python3 -c '
import json, sys
print(json.dumps([step["outcome"] for step in json.load(open(sys.argv[1]))["steps"]]))' "$T/stdout")"
sed -i '1a "fmt": false,' "$M/rkmod.json"
expect 0 'ci: "fmt": false in rkmod.json' at_home ci --skip clippy,build
stdout_has 'ci: leaves it out' 'fmt    skipped'
sed -i 2d "$M/rkmod.json"
expect 1 'ci: --strict counts the warning of clippy' at_home ci --skip fmt,vm --strict
stdout_has 'ci: and says so' 'ci: failed: clippy,'
same 'ci: the warning is said once' 1 "$(grep -c -e '--> main.rs:' "$T/stderr")"
echo 'fn broken( {' >>"$M/main.rs"
expect 1 'ci: a module that does not build' at_home ci --skip clippy --format github
stdout_has 'ci: an annotation' '::error file=main.rs,line='
stderr_has 'ci: what needs the build is not run' 'check  not-run'
finish
