#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rkmod check against depmod -n -e -E: one module of several MB, and all modules of the
# generic kernel of the root tree's release, as they are packed and unpacked. Medians of
# runs that take turns. The packages (180 MB) are fetched once into the tests' folder;
# RKMOD_BENCH_TREE names a tree that has them already.
#
# usage: check.sh [RUNS]
. "$(dirname "$0")/lib.sh"
begin
runs=${1:-9}
tree=${RKMOD_BENCH_TREE:-$work/bench-tree}
generic=${RELEASE/-cloud-/-}

# fetch: the packages of the generic kernel, through an apt state of our own
fetch()
{
	local state=$T/apt package

	mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$tree.part"
	: >"$state/status"
	cat >"$state/apt.conf" <<-CONF
		Dir::Etc::sourcelist "$ROOT/etc/apt/sources.list";
		Dir::Etc::sourceparts "$ROOT/etc/apt/sources.list.d";
		Dir::Etc::trustedparts "$ROOT/etc/apt/trusted.gpg.d";
		Dir::State "$state";
		Dir::State::lists "$state/lists";
		Dir::State::status "$state/status";
		Dir::Cache "$state/cache";
		APT::Sandbox::User "";
	CONF
	(
		export APT_CONFIG=$state/apt.conf
		cd "$state/cache" && apt-get -q update &&
			apt-get -q download "linux-modules-$generic" \
				"linux-headers-$generic" "${COMMON##*/}"
	) >&2 || return 1
	for package in "$state"/cache/*.deb; do
		dpkg-deb -x "$package" "$tree.part" || return 1
	done
	ln -sfn usr/lib "$tree.part/lib"
	mv "$tree.part" "$tree"
}

# unpack: the same modules without compression
unpack()
{
	mkdir -p "$tree.plain.part/usr/src" "$tree.plain.part/usr/lib/modules"
	cp -a "$tree/usr/src/." "$tree.plain.part/usr/src"
	cp -a "$tree/usr/lib/modules/$generic" "$tree.plain.part/usr/lib/modules"
	find "$tree.plain.part/usr/lib/modules" -name '*.ko.xz' -print0 |
		xargs -0 -n 100 -P "$(nproc)" xz -d || return 1
	ln -sfn usr/lib "$tree.plain.part/lib"
	mv "$tree.plain.part" "$tree.plain"
}

by_rkmod()
{
	XDG_CACHE_HOME=$T/cache "$RKMOD_TEST_PREFIX/bin/rkmod" check "$@"
}

by_depmod()
{
	depmod -n -e -E "$symvers" "$@" 2>/dev/null
}

one_by_rkmod()
{
	by_rkmod --root "$tree.plain" "$T/one.ko"
}

one_by_depmod()
{
	by_depmod -b "$T/base" "$generic" "$T/one.ko"
}

all_by_rkmod()
{
	by_rkmod --root "$1" --all
}

all_by_depmod()
{
	by_depmod -b "$1" "$generic"
}

# us COMMAND ARGS...: sets $took, microseconds; the output goes nowhere, as a result of
# depmod -n is longer than what it took to find
us()
{
	local start

	start=$(date +%s%N)
	"$@" >/dev/null || exit 1
	took=$((($(date +%s%N) - start) / 1000))
}

# measure WORD LIMIT COMMAND [ARG]: COMMAND_by_rkmod and COMMAND_by_depmod
measure()
{
	local -a rkmod_us=() depmod_us=()
	local word=$1 limit=$2 command=$3 i

	shift 3
	"${command}_by_rkmod" "$@" >/dev/null || exit 1 # fills the caches
	for ((i = 0; i < runs; i++)); do
		us "${command}_by_rkmod" "$@"
		rkmod_us+=("$took")
		us "${command}_by_depmod" "$@"
		depmod_us+=("$took")
	done
	printf '%-12s rkmod check %8d us, depmod %8d us, ratio %s (at most %s)\n' "$word" \
		"$(median "${rkmod_us[@]}")" "$(median "${depmod_us[@]}")" \
		"$(ratio "$(median "${rkmod_us[@]}")" "$(median "${depmod_us[@]}")")" "$limit"
}

# peak COMMAND ARGS...: prints the most memory that it held, kB
peak()
{
	python3 - "$@" <<-'EOF'
		import resource, subprocess, sys
		subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
		print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
	EOF
}

[ -d "$tree" ] || fetch || exit 2
[ -d "$tree.plain" ] || unpack || exit 2
symvers=$tree/usr/src/linux-headers-$generic/Module.symvers
mkdir -p "$T/base/lib/modules/$generic"
touch "$T/base/lib/modules/$generic"/modules.{order,builtin}
find "$tree.plain/usr/lib/modules/" -name ext4.ko -exec cp {} "$T/one.ko" \;

measure one 0.50 one
measure all 0.55 all "$tree"
measure unpacked 1.00 all "$tree.plain"
a=$(peak "$RKMOD_TEST_PREFIX/bin/rkmod" check --root "$tree.plain" --all)
b=$(peak depmod -n -e -E "$symvers" -b "$tree.plain" "$generic")
printf '%-12s rkmod check %8d kB, depmod %8d kB, ratio %s (at most 1.00)\n' memory "$a" "$b" \
	"$(ratio "$a" "$b")"
