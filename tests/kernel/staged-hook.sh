#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The hook in real repositories: what it lets pass, what it stops, and that it looks at
# the index that git commit is about to use, whichever that is.
. "$(dirname "$0")/../lib.sh"
begin

rkmod_path=$RKMOD_TEST_PREFIX/bin/rkmod

# git in the repository that is worked on, as the user who commits
g()
{
	as_user git -C "$repo" -c user.name=t -c user.email=t@t "$@"
}

# new_repository NAME: hello with a hook, staged and not committed
new_repository()
{
	repo=$T/$1
	make_sample hello "$repo"
	printf '*.o\n*.ko\n*.mod*\n.*.cmd\nmodules.order\nModule.symvers\n' >"$repo/.gitignore"
	printf '{ "root": "%s" }\n' "$ROOT" >"$repo/rkmod.json"
	give "$repo"
	as_user git init -q "$repo"
	in_repo "$rkmod_path" hook install -q
	g add .
}

in_repo()
{
	(cd "$repo" && as_user "$@")
}

work_tree()
{
	find "$repo" -name .git -prune -o -printf '%p %y %m %T@ %l\n' | sort
	find "$repo" -name .git -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
}

# state: everything in the work tree and what git thinks of it
state()
{
	g status --porcelain=v2
	work_tree
}

edit()
{
	as_user sed -i "$1" "$repo/hello.rs"
}

new_repository first
before=$(work_tree)
expect 0 'the first commit of a repository is checked and passes' g commit -qm first
stderr_has 'the verdict is shown' 'hello.ko: accept'
same 'the work tree is as it was' "$before" "$(work_tree)"

edit 's/pr_info!/pr_inf!/'
g add hello.rs
before=$(state)
expect 1 'a commit that does not build is stopped' g commit -qm broken
stderr_has 'with the place of the error' '--> hello.rs:19:9'
stderr_has 'and with the ways past it' 'git commit --no-verify'
same 'nothing was touched' "$before" "$(state)"
expect 1 'and stopped again, from what is kept' g commit -qm broken
stderr_has 'with the same words' '--> hello.rs:19:9'
as_user git -C "$repo" checkout -q HEAD -- hello.rs

edit 's/^use kernel/extern "C" { fn no_such_symbol(); }\nuse kernel/; s/\(pr_info!.*\)/\1 unsafe { no_such_symbol() };/'
expect 1 'a symbol that the kernel does not export stops the commit' g commit -qam symbol
stderr_has 'and is named' 'hello.ko uses no_such_symbol'
stderr_has 'with what to change' 'fix: Give Module.symvers of the module that has it'
as_user git -C "$repo" checkout -q HEAD -- hello.rs

edit 's/license: "GPL"/license: "Proprietary"/'
expect 1 'a licence that cuts it off from GPL-only symbols stops the commit' \
	g commit -qam licence
stderr_has 'and is named' 'hello.ko is not GPL'
stderr_has 'with what to change' 'fix: set license: "GPL" in module!'
as_user git -C "$repo" checkout -q HEAD -- hello.rs

edit 's/pr_info!/pr_inf!/'
expect 0 'what is not staged does not matter' g commit -q --allow-empty -m nothing
as_user cp "$repo/hello.rs" "$repo/broken.rs"
as_user git -C "$repo" checkout -q HEAD -- hello.rs
echo 'more words' | as_user tee -a "$repo/README" >/dev/null
g add README
expect 0 'a file that no module is made from costs nothing' g commit -qm readme
same 'and nothing is said' '' "$(cat "$T/stderr")"

# The index that git uses for this commit alone.
echo '// fine' | as_user tee -a "$repo/hello.rs" >/dev/null
echo 'obj-m := hello.o nothing.o' | as_user tee "$repo/Kbuild" >/dev/null
g add Kbuild
expect 0 'git commit FILE commits the file, not what else is staged' \
	g commit -qm file hello.rs
expect 1 'and the rest is stopped afterwards' g commit -qm rest
as_user git -C "$repo" checkout -q HEAD -- Kbuild
echo 'fn unused_here() {' | as_user tee -a "$repo/hello.rs" >/dev/null
expect 1 'git commit -a is looked at' g commit -qam all
as_user git -C "$repo" checkout -q HEAD -- hello.rs
echo '// amended' | as_user tee -a "$repo/hello.rs" >/dev/null
expect 0 'git commit --amend is looked at' g commit -qa --amend --no-edit

edit 's/pr_info!/pr_inf!/'
expect 0 '--no-verify goes past it' g commit -q --no-verify -am broken
as_user git -C "$repo" reset -q --hard HEAD~
edit 's/pr_info!/pr_inf!/'
expect 0 'RKMOD_HOOK=0 goes past it' as_user env RKMOD_HOOK=0 \
	git -C "$repo" -c user.name=t -c user.email=t@t commit -qam broken
as_user git -C "$repo" reset -q --hard HEAD~

# A makefile that would change the commit, if it knew which repository it is in.
# shellcheck disable=SC2016 # make expands it
echo 'x := $(shell git add -A 2>/dev/null; git -C . status >/dev/null 2>&1)' |
	as_user tee -a "$repo/Kbuild" >/dev/null
g add Kbuild
as_user touch "$repo/not-to-be-committed"
expect 0 'a makefile that runs git add -A is built' g commit -qm makefile
same 'and changes no commit' '' "$(g ls-files not-to-be-committed)"

# bubblewrap: nothing but the private folder can be written.
echo "x := \$(shell echo gone >$T/escaped)" | as_user tee -a "$repo/Kbuild" >/dev/null
g add Kbuild
g commit -qm writes >/dev/null 2>&1
[ ! -e "$T/escaped" ]
result $? 'a makefile that writes elsewhere does not'
as_user git -C "$repo" reset -q --hard HEAD~2

# Other shapes of repositories.
g worktree add -q "$T/linked" 2>/dev/null
main=$repo
repo=$T/linked
as_user sed -i 's/pr_info!/pr_inf!/' "$repo/hello.rs"
expect 1 'a work tree of its own is looked at' g commit -qam broken
stderr_has 'with its own error' 'pr_inf'
repo=$main
expect 0 'and the first one goes on' g commit -q --allow-empty -m still

as_user git clone -q "$main" "$T/super" 2>/dev/null
repo=$T/super
g -c protocol.file.allow=always submodule --quiet add "$main" sub
repo=$T/super/sub
in_repo "$rkmod_path" hook install -q
as_user cp "$main/rkmod.json" "$repo/rkmod.json"
edit 's/pr_info!/pr_inf!/'
expect 1 'a submodule is looked at' g commit -qam broken

as_user mkdir "$T/apart"
repo=$T/apart
as_user git init -q --separate-git-dir "$T/apart.git" "$repo"
make_sample hello "$repo"
printf '{ "root": "%s" }\n' "$ROOT" >"$repo/rkmod.json"
give "$repo/rkmod.json"
in_repo "$rkmod_path" hook install -q
g add .
expect 0 'a .git elsewhere is found' g commit -qm first
stderr_has 'and its module is judged' 'hello.ko: accept'
edit 's/pr_info!/pr_inf!/'
expect 1 'also what breaks' g commit -qam broken
finish
