#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rkmod check against depmod -n -e -E: one module of several MB, and all modules of the
# generic kernel of the root tree's release, as they are packed and unpacked. Signatures
# are not verified: the kernel's image, which has the certificates, is not in the tree.
# The packages (180 MB) are fetched once into the tests' folder; RKMOD_BENCH_TREE names a
# tree that has them already.
#
# usage: check.sh [RUNS]
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../apt.sh"
begin
runs=${1:-5}
tree=${RKMOD_BENCH_TREE:-$work/bench-tree}
generic=${RELEASE/-cloud-/-}

# fetch: the packages of the generic kernel, through an apt state of our own
fetch()
{
	local state=$T/apt package

	mkdir -p "$tree.part"
	(
		apt_of_tree "$ROOT" "$state" && cd "$state/cache" &&
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

# measure WORD LIMIT RUNS TREE [MODULE]: one module, or all of the tree
measure()
{
	local word=$1 limit=$2 n=$3 in=$4
	local -a rkmod_what=(--all) depmod_what=(-b "$4" "$generic")

	if [ $# = 5 ]; then
		rkmod_what=("$5")
		depmod_what=(-b "$T/base" "$generic" "$5")
	fi
	XDG_CACHE_HOME=$T/cache tests/bench/side-by-side.py "$word" "$limit" "$n" \
		"$RKMOD_TEST_PREFIX/bin/rkmod" check --root "$in" "${rkmod_what[@]}" -- \
		depmod -n -e -E "$symvers" "${depmod_what[@]}"
}

[ -d "$tree" ] || fetch || exit 2
[ -d "$tree.plain" ] || unpack || exit 2
symvers=$tree/usr/src/linux-headers-$generic/Module.symvers
mkdir -p "$T/base/lib/modules/$generic"
touch "$T/base/lib/modules/$generic"/modules.{order,builtin}
find "$tree.plain/usr/lib/modules/" -name ext4.ko -exec cp {} "$T/one.ko" \;

cd "$TOP" || exit 2
echo 'rkmod check : depmod'
measure one 0.50 $((runs * 5)) "$tree.plain" "$T/one.ko"
measure all 0.55 "$runs" "$tree"
measure unpacked 1.00 "$runs" "$tree.plain"
