#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The source archive of the release before the one that a root tree has, from the tree's
# own package sources.
#
# usage: fetch-previous-source.sh ROOT VERSION ARCHIVE STATE
#   VERSION  of the tree's kernel packages: the newest older one is fetched
#   STATE    folder for apt's lists and downloads
# Exit status 77: there is no older one.
set -eu
root=$1 version=$2 archive=$3 state=$4

. "$(dirname "$0")/../apt.sh"
apt_of_tree "$root" "$state"

package='' previous=''
while read -r name _ candidate _; do
	case $name in
	linux-source-*) ;;
	*) continue ;;
	esac
	dpkg --compare-versions "$candidate" lt "$version" || continue
	[ -z "$previous" ] || dpkg --compare-versions "$candidate" gt "$previous" || continue
	package=$name previous=$candidate
done < <(apt-cache pkgnames linux-source- | xargs apt-cache madison)
[ -n "$previous" ] || exit 77

cd "$state/cache"
apt-get -q download "$package=$previous" >&2
dpkg-deb --fsys-tarfile "$package"_*.deb | tar -xO "./usr/src/$package.tar.xz" >"$archive"
rm "$package"_*.deb
echo "$previous"
