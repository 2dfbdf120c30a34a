#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: man.sh RKMOD MAN-FOLDER
#
# Every command has a man page, every option of --help and every finding stands in one,
# and the formatters find nothing wrong with them.
set -u
rkmod=$1
cd "$2" || exit 2
T=$(mktemp -d) || exit 2
trap 'rm -rf "$T"' EXIT
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

# What roff's escapes stand for, and no fonts.
plain()
{
	sed -e 's/\\f.//g' -e 's/\\-/-/g' -e 's/\\e/\\/g' "$@"
}

# Options at the beginning of a line of --help: "  -j, --jobs N", "      --out DIR".
options_of()
{
	"$rkmod" "$1" --help | grep -oE '^  (-., |    )--[a-z0-9-]+( [^ ]+)?' | sed 's/^ *//'
}

# missing_in PAGE: the lines of standard input that are no tag of a paragraph there
missing_in()
{
	grep -vxF -f <(plain "$1")
}

check_command()
{
	local page=rkmod-$1.1 missing

	[ -s "$page" ]
	result $? "$1 has a page" || return
	options_of "$1" >"$T/options"
	missing=$(missing_in "$page" <"$T/options")
	[ -s "$T/options" ] && [ -z "$missing" ]
	result $? "each option of $1 stands in its page" || printf '# missing: %s\n' "$missing"
	plain rkmod.1 | grep -qxF -e "rkmod-$1(1)"
	result $? "$1 stands in rkmod(1)"
}

check_findings()
{
	local missing

	missing=$("$rkmod" explain --list | sed -E 's/^([^ ]+) +([^ ]+) .*/\1 (\2)/' |
		missing_in rkmod-findings.7)
	[ -z "$missing" ]
	result $? 'each finding stands in rkmod-findings(7)' ||
		printf '# missing: %s\n' "$missing"
}

lint()
{
	local out

	if ! command -v "$1" >/dev/null; then
		n=$((n + 1))
		echo "ok $n - $1 finds nothing # SKIP there is no $1"
		return
	fi
	out=$("$@" 2>&1 >/dev/null)
	[ -z "$out" ]
	result $? "$1 finds nothing"
	[ -z "$out" ] || printf '%s\n' "$out" | sed 's/^/# /'
}

# mandoc tells what it finds as its output.
mandoc_lint()
{
	mandoc -T lint -W style ./*.[157] >&2
}

commands=$("$rkmod" help | sed -nE 's/^  ([a-z]+) +.*/\1/p')
[ "$(echo "$commands" | wc -l)" -ge 15 ]
result $? 'the commands are seen'
for command in $commands; do
	check_command "$command"
done
# The test can fail.
[ "$(echo '--no-such-option' | missing_in rkmod-build.1)" = --no-such-option ]
result $? 'an option that is not there would be missed'
check_findings
for key in $("$rkmod" config / | sed 1d | cut -d ' ' -f 1); do
	plain rkmod.json.5 | grep -q "^$key ("
	result $? "key $key stands in rkmod.json(5)"
done
! grep -n "$PWD" ./*.[157] >/dev/null
result $? 'no page names the folder that it was made in'
if command -v mandoc >/dev/null; then
	lint mandoc_lint
fi
if command -v groff >/dev/null; then
	lint groff -man -Tutf8 -ww -z ./*.[157]
fi
echo "1..$n"
