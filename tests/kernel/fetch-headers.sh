#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The newest headers of a kernel series that a Debian suite has, for the cloud flavour,
# with the package sources of a root tree. apt's state of both stays as it is.
#
# usage: fetch-headers.sh ROOT SUITE SERIES STATE DIR
#   SUITE   bookworm, trixie: it takes the place of the suite in the tree's sources
#   SERIES  6.1
#   STATE   folder for apt's lists and downloads
#   DIR     where they are unpacked
# Exit status 77: the suite has none.
set -eu
root=$1 suite=$2 series=$3 state=$4 dir=$5

. "$(dirname "$0")/../apt.sh"
mkdir -p "$state" "$dir"
cat "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d/*.list 2>/dev/null |
	sed -n "s/^\(deb .*\) [^ ]* main\( .*\)*\$/\1 $suite main/p" | sort -u \
	>"$state/sources.list" || true
[ -s "$state/sources.list" ] || exit 77
apt_of_tree "$root" "$state" "$state/sources.list"

headers=$(apt-cache pkgnames "linux-headers-$series." | grep -e '-cloud-amd64$' | sort -V | tail -n 1)
[ -n "$headers" ] || exit 77
cd "$state/cache"
# Those it needs: the part that all flavours share, and linux-kbuild.
{
	echo "$headers"
	apt-cache depends "$headers" |
		sed -n 's/^ *Depends: \(linux-headers-.*-common\|linux-kbuild-.*\)$/\1/p'
} | xargs apt-get -q download >&2
for package in ./*.deb; do
	dpkg-deb -x "$package" "$dir"
done
rm ./*.deb
echo "${headers#linux-headers-}"
