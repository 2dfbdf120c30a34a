#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# From a fresh Debian 12 or 13 machine to a Rust module loaded into a stock Debian
# kernel. To be run again at any time: what is there is reused.
set -u -o pipefail
cd "$(dirname "$0")/.." || exit 2
. samples/setup.sh

rkmod=build/cmd/rkmod
number=$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')

plan()
{
	cat <<EOF
This will, as $(id -un),
  1. install with apt what is missing here (sudo is asked for that only):
     ${lacking:-nothing is missing}
  2. build rkmod in $PWD/build
  3. make a Debian root tree with a stock 7.x kernel, its headers, sources and
     compiler, in ${XDG_DATA_HOME:-${HOME:-}/.local/share}/rkmod/roots/default
  4. build samples/params for that kernel, whose Rust metadata is made first and
     kept in ${XDG_CACHE_HOME:-${HOME:-}/.cache}/rkmod
  5. check the module, and load it with number=$number in a virtual machine
The first run takes about 5 minutes and 4 GB of disk, most of it downloads and the
tree; later ones half a minute. Nothing is loaded into the running kernel.

EOF
}

# A full disk in the middle of it is a bad answer to "try this".
check_disk()
{
	local dir=${XDG_DATA_HOME:-${HOME:-}/.local/share} free

	[ ! -d "$dir/rkmod/roots/default" ] || return 0
	mkdir -p "$dir" || die "cannot make '$dir'"
	free=$(df --output=avail -B1M "$dir" | tail -n 1)
	[ "$free" -ge 4000 ] || die "only $free MB are free in '$dir', 4000 are needed"
}

step()
{
	echo "== $*"
	"$@" || die "this failed: $*"
}

lacking=$(missing_packages "${BUILD_PACKAGES[@]}" "${RUN_PACKAGES[@]}" | tr "\n" " ")
plan
check_disk
need_packages "${BUILD_PACKAGES[@]}" "${RUN_PACKAGES[@]}"
echo "== build rkmod"
build_in build
step $rkmod root create
step $rkmod build --root default samples/params
step $rkmod check --root default samples/params/params.ko

log=$(mktemp) || exit 2
trap 'rm -f "$log"' EXIT
echo "== $rkmod vm --root default samples/params/params.ko number=$number"
$rkmod vm --root default samples/params/params.ko "number=$number" | tee "$log"
[ "${PIPESTATUS[0]}" = 0 ] || die "the module was not loaded"
echo
echo "A stock kernel has loaded the module:"
grep -o 'Linux version [^ ]*.*' "$log" | head -n 1
grep -o 'params: number .*' "$log"
grep -q "params: number is $number\$" "$log" || die "number=$number did not reach the module"
