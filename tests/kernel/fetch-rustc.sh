#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Adds the rustc of a Debian suite, with the libraries that it needs to run, to a folder
# that is a root tree then: DIR/usr/bin/rustc-NAME. What is there already stays: the tree
# of the newest suite comes first, for its libc. apt's state on the machine is not used.
#
# usage: fetch-rustc.sh DIR NAME SUITE [PATTERN]...
#   PATTERN  of another package: the last one whose whole name it is comes along
set -eu
dir=$1 name=$2 suite=$3
shift 3
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
state=$dir/.apt-$name

# shellcheck disable=SC2016 # apt-get replaces them
mirror=$(apt-get indextargets --format '$(REPO_URI) $(ORIGIN) $(LABEL)' 'Created-By: Packages' |
	sed -n 's/ Debian Debian$//p' | head -n 1)
mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/debs" "$dir/usr/bin"
: >"$state/status"
echo "deb [signed-by=$keyring] ${mirror:?no Debian mirror} $suite main" >"$state/sources.list"
cat >"$state/apt.conf" <<CONF
Dir::Etc::sourcelist "$state/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "$state";
Dir::State::lists "$state/lists";
Dir::State::status "$state/status";
Dir::Cache "$state/cache";
APT::Sandbox::User "";
Acquire::Languages "none";
CONF
export APT_CONFIG=$state/apt.conf
apt-get -q -o APT::Update::Error-Mode=any update >&2

# All libraries below rustc. libstd-rust-dev, which leads to the compiler's own, is what a
# compilation links with, and stays away.
packages=() todo=(rustc)
while [ ${#todo[@]} != 0 ]; do
	package=${todo[0]}
	todo=("${todo[@]:1}")
	case " ${packages[*]} " in
	*" $package "*) continue ;;
	esac
	packages+=("$package")
	mapfile -t -O ${#todo[@]} todo < <(apt-cache depends --important "$package" |
		sed -n 's/^ *\(Pre\)\{0,1\}Depends: //p' |
		grep -E '^(libstd-rust-dev|zlib1g|lib.*)$' | grep -vE '^libc6?-dev|^lib[^s].*-dev$')
done
for pattern; do
	packages+=("$(apt-cache pkgnames | grep -xE "$pattern" | sort -V | tail -n 1)")
done

cd "$state/debs"
for package in "${packages[@]}"; do
	case $package in
	*-dev) ;;
	*) apt-get -q download "$package" >&2 ;;
	esac
done
dpkg-deb -x rustc_*.deb "$state/unpacked"
mv "$state/unpacked/usr/bin/rustc" "$dir/usr/bin/rustc-$name"
rm rustc_*.deb
for deb in *.deb; do # rustup's has a rustc, too
	dpkg-deb -x "$deb" "$state/unpacked"
done
cp -an "$state/unpacked/usr/." "$dir/usr/"
for link in lib lib64 bin; do
	[ -e "$dir/$link" ] || ln -s "usr/$link" "$dir/$link"
done
rm -rf "$state"
