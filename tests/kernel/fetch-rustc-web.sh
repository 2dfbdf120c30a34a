#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's second rustc, rustc-web, of a tree's suite, unpacked beside it: it conflicts
# with the first.
#
# usage: fetch-rustc-web.sh ROOT DIR STATE
#   DIR    gets usr/bin/rustc and its libraries
#   STATE  folder for apt's lists and downloads
# Exit status 77: the suite has none.
set -eu -o pipefail
root=$1 dir=$2 state=$3

. "$(dirname "$0")/../apt.sh"
apt_of_tree "$root" "$state"
libstd=$(apt-cache pkgnames libstd-rust-web- | grep -E -- '-[0-9.]+$' | sort -V | tail -n 1) ||
	exit 77
cd "$state/cache"
mapfile -t libs < <(apt-cache depends "$libstd" | sed -n 's/^ *Depends: \(libllvm.*\)/\1/p')
apt-get -q download rustc-web "$libstd" "${libs[@]}" libz3-4 >&2
mkdir -p "$dir"
for package in *.deb; do
	dpkg-deb -x "$package" "$dir"
	rm "$package"
done
