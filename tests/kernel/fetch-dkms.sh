#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's dkms, of a tree's suite, unpacked.
#
# usage: fetch-dkms.sh ROOT DIR STATE
#   DIR    gets usr/sbin/dkms and its files
#   STATE  folder for apt's lists and downloads
set -eu -o pipefail
root=$1 dir=$2 state=$3

. "$(dirname "$0")/../apt.sh"
apt_of_tree "$root" "$state"
cd "$state/cache"
apt-get -q download dkms >&2
mkdir -p "$dir"
dpkg-deb -x dkms_*.deb "$dir"
rm dkms_*.deb
