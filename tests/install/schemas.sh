#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: schemas.sh RKMOD SOURCES
#
# Every command has a JSON schema, every schema is installed, and what the command line
# tests expect as JSON follows it: they hold the program to that text. Answers of real
# kernels are validated where they are made (tests/kernel, tests/vm).
set -u
rkmod=$1
cd "$2" || exit 2
n=0

# result STATUS CLAIM
result()
{
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
		return 0
	fi
	echo "not ok $n - $2"
	return 1
}

python3 -c 'import jsonschema' 2>/dev/null || {
	echo '1..0 # SKIP there is no python3-jsonschema'
	exit 0
}
T=$(mktemp -d) || exit 2
trap 'rm -rf "$T"' EXIT

# follows SCHEMA CLAIM: standard input does; found out by check_all
declare -a pairs=() claims=()
follows()
{
	claims+=("$2")
	pairs+=("cmd/schema/$1.json" "$T/${#claims[@]}")
	cat >"$T/${#claims[@]}"
}

# Of all at once: starting the validator takes longer than what it does.
check_all()
{
	local i

	tests/validate.py "${pairs[@]}" >"$T/why" 2>&1
	for i in "${!claims[@]}"; do
		! grep "^$T/$((i + 1)): " "$T/why" >"$T/one"
		result $? "${claims[i]}" || sed 's/^/# /' "$T/one"
	done
	! grep -v "^$T/[0-9]*: " "$T/why"
	result $? 'the validator has done its work'
}

# What a case expects on stdout: all but the lines for people and the exit status.
case_json()
{
	sed -e '/^exit [0-9]*$/d' -e '/^rkmod: /d' "tests/cli/$1.out"
}

for command in $("$rkmod" help | sed -nE 's/^  ([a-z]+) +.*/\1/p'); do
	[ -s "cmd/schema/${command/reload/load}.json" ]
	result $? "$command has a schema" || echo "# write cmd/schema/$command.json"
done
for schema in cmd/schema/*.json; do
	grep -q "'${schema##*/}'" cmd/schema/meson.build
	result $? "${schema##*/} is installed" || echo '# list it in cmd/schema/meson.build'
done

# live SCHEMA WORD...: what is printed here and now, whatever the answer
live()
{
	local schema=$1

	shift
	follows "$schema" "rkmod $*" < <(cd "$T/repo" && "$rkmod" "$@" --format json 2>/dev/null)
}

while read -r schema case; do
	follows "$schema" "case $case" < <(case_json "$case")
done <<'EOF'
check check/json
config config/json
explain explain/json
explain explain/json-text
explain explain/json-unknown
kernels kernels/json
load load/no-such-module
EOF
mkdir "$T/repo" "$T/repo/tree" "$T/home"
export HOME=$T/home
unset XDG_CACHE_HOME XDG_DATA_HOME XDG_STATE_HOME RKMOD_ROOT KDIR RUSTC
git init -q "$T/repo"
live config config
live help help
live help help build
live explain explain --list
live hook hook status
live hook hook install
live hook hook uninstall
live root root list
live root root remove none
live doctor doctor
live kernels kernels --root ./tree
live prepare prepare --root ./tree
live vm vm --root ./tree
live build build --root ./tree
live sign sign none.ko
live status status no_such_module
live unload unload no_such_module
check_all
# It is no rubber.
case_json config/json | sed 's/"origin"/"orygin"/' >"$T/case"
! tests/validate.py cmd/schema/config.json "$T/case" >/dev/null
result $? 'a misspelt member would be noticed'
echo "1..$n"
