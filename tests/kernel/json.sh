#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What commands print with --format json follows the schemas, whatever the answer.
. "$(dirname "$0")/../lib.sh"
begin

# follows CLAIM SCHEMA: stdout of the last command
follows()
{
	"$TOP/tests/validate.py" "$TOP/cmd/schema/$2.json" "$T/stdout" >"$T/why"
	result $? "$1" || diag "$T/why" "$T/stdout"
}

make_module "$T/m"
expect 0 'a good module is built' rkmod build --root "$ROOT" --format json "$T/m"
follows 'the answer follows the schema' build
same 'and is yes' true "$(json ok)"
same 'the module is accepted' accept "$(json modules 0 verdict)"
expect 0 'it is checked' rkmod check --root "$ROOT" --format json "$T/m/hello.ko"
follows 'the verdict follows the schema' check

head -c 500 "$T/m/hello.ko" >"$T/bad-cut.ko"
give "$T/bad-cut.ko"
expect 1 'a damaged module is refused' \
	rkmod check --root "$ROOT" --format json "$T/bad-cut.ko"
follows 'the refusal follows the schema' check
same 'it names the errno' ENOEXEC "$(json modules 0 errno)"

echo 'this is no Rust' >>"$T/m/hello.rs"
expect 1 'a build that fails is a no' rkmod build --root "$ROOT" --format json "$T/m"
follows 'the failure follows the schema' build
same 'and is no' false "$(json ok)"
stderr_has 'the compiler is heard' 'error: expected one of'

mkdir "$T/empty"
give "$T/empty"
expect 2 'a folder without makefile cannot be built' \
	rkmod build --root "$ROOT" --format json "$T/empty"
follows 'the error follows the schema' build
same 'it has a code' no-kbuild "$(json error code)"

expect 0 'the kernels of the tree' rkmod kernels --root "$ROOT" --format json
follows 'the list follows the schema' kernels
expect 0 'its metadata is there' rkmod prepare --root "$ROOT" --format json
follows 'what prepare says follows the schema' prepare

# The schema is no rubber: a member that it does not know is found.
rkmod check --root "$ROOT" --format json "$T/bad-cut.ko" |
	sed 's/"verdict":/"verdickt":/' >"$T/stdout"
! "$TOP/tests/validate.py" "$TOP/cmd/schema/check.json" "$T/stdout" >/dev/null
result $? 'a misspelt member would be noticed'
finish
