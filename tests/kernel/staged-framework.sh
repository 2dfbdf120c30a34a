#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The pre-commit framework with this repository's .pre-commit-hooks.yaml: what the hook
# stops, it stops, and what is not staged does not matter there either.
. "$(dirname "$0")/../lib.sh"
begin
command -v pre-commit >/dev/null || skip_all 'pre-commit is not installed'
repo=$T/repo

g()
{
	as_user env PATH="$RKMOD_TEST_PREFIX/bin:/usr/bin:/bin" \
		git -C "$repo" -c user.name=t -c user.email=t@t "$@"
}

edit()
{
	as_user sed -i "$1" "$repo/hello.rs"
}

again()
{
	as_user git -C "$repo" checkout -q HEAD -- hello.rs
}

# The framework wants a repository with the file at its top.
mkdir "$T/rkmod"
cp "$TOP/.pre-commit-hooks.yaml" "$T/rkmod/"
give "$T/rkmod"
as_user git init -q "$T/rkmod"
as_user git -C "$T/rkmod" add .
as_user git -C "$T/rkmod" -c user.name=t -c user.email=t@t commit -qm hooks

make_module "$repo"
printf '{ "root": "%s" }\n' "$ROOT" >"$repo/rkmod.json"
printf 'repos:\n- repo: %s\n  rev: %s\n  hooks:\n  - id: rkmod\n' "$T/rkmod" \
	"$(as_user git -C "$T/rkmod" rev-parse HEAD)" >"$repo/.pre-commit-config.yaml"
give "$repo"
as_user git init -q "$repo"
# shellcheck disable=SC2016 # the shell inside expands it
expect 0 'the framework installs itself' \
	as_user sh -c 'cd "$1" && pre-commit install' sh "$repo"
g add .
expect 0 'a commit that is well passes' g commit -qm first
stderr_has 'after a look' 'kernel modules build and would load'

edit 's/pr_info!/pr_inf!/'
expect 1 'a commit that does not build is stopped' g commit -qam broken
stderr_has 'with the place of the error' '--> hello.rs:19:9'
stderr_has 'and the ways past it' 'RKMOD_HOOK=0'
expect 0 'RKMOD_HOOK=0 goes past it' \
	as_user env RKMOD_HOOK=0 PATH="$RKMOD_TEST_PREFIX/bin:/usr/bin:/bin" \
	git -C "$repo" -c user.name=t -c user.email=t@t commit -qam past
as_user git -C "$repo" reset -q --hard HEAD~

edit 's/^use kernel/extern "C" { fn no_such_symbol(); }\nuse kernel/; s/\(pr_info!.*\)/\1 unsafe { no_such_symbol() };/'
expect 1 'a symbol that the kernel does not export stops it' g commit -qam symbol
stderr_has 'and is named' 'hello.ko uses no_such_symbol'
stderr_has 'with what to change' 'fix: Give Module.symvers of the module that has it'
again

edit 's/license: "GPL"/license: "Proprietary"/'
expect 1 'a licence that cuts it off from GPL-only symbols stops it' g commit -qam licence
stderr_has 'and is named' 'hello.ko is not GPL'
stderr_has 'with what to change' 'fix: set license: "GPL" in module!'
again

echo '// staged' | as_user tee -a "$repo/hello.rs" >/dev/null
g add .
edit 's/pr_info!/pr_inf!/'
expect 0 'what is not staged does not matter' g commit -qm staged
grep -q 'pr_inf!' "$repo/hello.rs"
result $? 'and is still there'
finish
