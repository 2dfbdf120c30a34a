#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The rust-analyzer of a root tree's suite, with its proc-macro server, in a folder.
#
# usage: fetch-analyzer.sh ROOT DIR STATE
#   STATE  an empty folder for apt
set -eu
root=$1 dir=$2 state=$3
. "$(dirname "$0")/../apt.sh"
apt_of_tree "$root" "$state"
mkdir -p "$dir"
cd "$state"
apt-get -q download rust-analyzer >&2
dpkg-deb -x rust-analyzer_*.deb "$dir"
rm -rf "$state"
