#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rkmod doctor on a root tree with the headers of three kernels, warm: milliseconds, and
# which programs it runs. The tree is a copy of the tests' one with Debian's 6.1 and 6.12
# headers, made once in the tests' folder (2 GB).
#
# usage: doctor.sh [RUNS]
. "$(dirname "$0")/lib.sh"
begin
runs=${1:-20}
limit=150 # ms, issue 4
tree=$work/doctor-tree

make_tree()
{
	rm -rf "$tree.part"
	cp -a --reflink=auto "$ROOT" "$tree.part" || return 1
	"$TOP/tests/kernel/fetch-headers.sh" "$ROOT" bookworm 6.1 "$T/apt-6.1" "$T/add" &&
		"$TOP/tests/kernel/fetch-headers.sh" "$ROOT" trixie 6.12 "$T/apt-6.12" \
			"$T/add" || return 1
	# Not over the links that a merged /usr has.
	cp -a "$T/add/usr/." "$tree.part/usr" || return 1
	[ ! -d "$T/add/lib" ] || cp -a "$T/add/lib/." "$tree.part/usr/lib" || return 1
	mv "$tree.part" "$tree"
}

# doctor ARGS...: no matter whether something blocks
doctor()
{
	rkmod doctor --root "$tree" "$@" "$T/m" >"$T/stdout" 2>"$T/stderr"
	[ $? != 2 ]
}

# programs ARGS...: what is executed, one line each
programs()
{
	as_user strace -f -qq -s 4096 -e trace=execve,execveat -e status=successful -o "$T/trace" \
		"$RKMOD_TEST_PREFIX/bin/rkmod" doctor --root "$tree" "$@" "$T/m" >/dev/null 2>&1
	sed -n 's/^[0-9]* *execve\(at\)*(\(.*\)) *= 0$/\2/p' "$T/trace"
}

# measure WORD ARGS...
measure()
{
	local word=$1 n
	local -a times=()

	shift
	doctor "$@" || return 1
	for ((n = 0; n < runs; n++)); do
		ms doctor "$@"
		times+=("$took")
	done
	printf '%-10s %4s ms (at most %s), warm; %s programs besides rkmod\n' "$word" \
		"$(median "${times[@]}")" "$limit" "$(($(programs "$@" | wc -l) - 1))"
}

command -v strace >/dev/null || skip_all 'no strace'
[ -d "$tree" ] || make_tree >&2 || exit 2
make_module "$T/m"
echo "kernels: $(cd "$tree/usr/src" && echo linux-headers-*-amd64)"
CACHE=$T/cold
echo 'cold, it runs:'
programs --kernel "$RELEASE" | sed 's/.*\(\[.*\]\).*/\1/; s/^\["[^"]*bwrap".*"--", /bwrap ... [/; s/^/  /'
if programs --kernel "$RELEASE" | grep -v -e '/rkmod"' | grep -v -e '"--version"'; then
	echo 'it runs more than --version' >&2
	exit 1
fi
measure "$RELEASE" --kernel "$RELEASE"
measure 'all three'
CACHE=$RKMOD_TEST_CACHE
measure 'with set' --kernel "$RELEASE"
