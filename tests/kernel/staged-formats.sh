#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check --staged and build, as CI reads them: the places of a module in a subfolder are
# named from the repository's top, and JSON follows its schema.
. "$(dirname "$0")/../lib.sh"
begin
repo=$T/repo

g()
{
	as_user git -C "$repo" -c user.name=t -c user.email=t@t "$@"
}

# in_repo OPTION...: check --staged
staged()
{
	(cd "$repo" && rkmod check --staged "$@")
}

follows()
{
	"$TOP/tests/validate.py" "$TOP/cmd/schema/check-staged.json" "$T/stdout" >"$T/why"
	result $? "$1" || diag "$T/why" "$T/stdout"
}

# annotations of GitLab: "path:line severity check" of the first
first()
{
	python3 -c 'import json, sys
a = json.load(open(sys.argv[1]))
print(*(["%s:%d %s %s" % (i["location"]["path"], i["location"]["lines"]["begin"],
	i["severity"], i["check_name"]) for i in a][:1] or ["none"]))' "$T/stdout"
}

make_sample hello "$repo/drivers/a"
printf '{ "root": "%s", "kernels": ["%s"] }\n' "$ROOT" "$RELEASE" >"$repo/rkmod.json"
give "$repo"
as_user git init -q "$repo"
g add .
expect 0 'a good module in a subfolder passes' staged --format json
follows 'the answer follows the schema'
same 'and names the module from the top' drivers/a/hello.ko "$(json kernels 0 modules 0 file)"
expect 0 'GitHub gets no annotation' staged --format github
same 'at all' '' "$(cat "$T/stdout")"
expect 0 'GitLab gets an array' staged --format gitlab
same 'without items' '[]' "$(tr -d '[:space:]' <"$T/stdout")"
g commit -qm first

as_user sed -i 's/pr_info!/pr_inf!/' "$repo/drivers/a/hello.rs"
g add .
expect 1 'what does not build is a no' staged
stdout_has 'the error is named from the top' '--> drivers/a/hello.rs:19:9'
expect 1 'in JSON, too' staged --format json
follows 'the failure follows the schema'
[[ $(json kernels 0 output) == *'--> drivers/a/hello.rs:19:9'* ]]
result $? 'with the same place'
expect 1 'GitHub gets an annotation' staged --format github
# shellcheck disable=SC2016 # the compiler's own quotes
stdout_has 'at the line' '::error file=drivers/a/hello.rs,line=19,title=rustc::cannot find macro `pr_inf`'
expect 1 'and again, from what is kept' staged --format github
stdout_has 'the same' '::error file=drivers/a/hello.rs,line=19,title=rustc::'
expect 1 'GitLab gets one' staged --format gitlab
same 'at the line' 'drivers/a/hello.rs:19 major rustc' "$(first)"
expect 1 'build annotates' rkmod build --format github "$repo/drivers/a"
stdout_has 'from the top as well' '::error file=drivers/a/hello.rs,line=19,'
expect 1 'and for GitLab' rkmod build --format gitlab "$repo/drivers/a"
same 'the same place' 'drivers/a/hello.rs:19 major rustc' "$(first)"

g checkout -q HEAD -- drivers
as_user sed -i 's/license: "GPL"/license: "Proprietary"/' "$repo/drivers/a/hello.rs"
g add .
expect 1 'a licence that shuts it out is annotated' staged --format gitlab
same 'in the folder of the module' drivers/a/Kbuild "$(first | cut -d: -f1)"
g checkout -q HEAD -- drivers
g reset -q --hard

expect 0 'build makes a module' rkmod build -q "$repo/drivers/a"
as_user truncate -s 5000 "$repo/drivers/a/hello.ko"
cd "$repo" || exit 2
expect 1 'check annotates' rkmod check --format github drivers/a/hello.ko
cd "$TOP" || exit 2
stdout_has 'at the source beside the file' '::error file=drivers/a/hello.rs,title='
expect 0 'nothing to check is an answer' staged --format json
follows 'that follows the schema'
same 'without kernels' '[]' "$(json kernels)"
echo 'not a setting' | as_user tee "$repo/rkmod.json" >/dev/null
g add rkmod.json
expect 2 'what could not be done is said' staged --format json
follows 'in the same schema'
finish
