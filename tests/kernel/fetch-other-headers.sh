#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The headers of another release of the same series (7.2.9 beside 7.2.11), unpacked.
#
# usage: fetch-other-headers.sh ROOT RELEASE DIR STATE
#   RELEASE  that the tree has: 7.2.11+deb13-cloud-amd64
#   DIR      gets usr/src/linux-headers-OTHER and its common part
#   STATE    folder for apt's lists and downloads
# Prints OTHER. Exit status 77: there is none.
set -eu -o pipefail
root=$1 release=$2 dir=$3 state=$4
series=${release%%.*} suffix=${release#*+}

. "$(dirname "$0")/../apt.sh"
apt_of_tree "$root" "$state"
other=$(apt-cache pkgnames "linux-headers-$series." | sed 's/^linux-headers-//' |
	grep -F "+$suffix" | grep -vxF "$release" | sort -V | tail -n 1) || exit 77

cd "$state/cache"
apt-get -q download "linux-headers-$other" "linux-headers-${other%%-*}-common" >&2
mkdir -p "$dir"
for package in *.deb; do
	dpkg-deb -x "$package" "$dir"
	rm "$package"
done
echo "$other"
