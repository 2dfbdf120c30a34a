# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What samples/quickstart.sh and tests/run.sh share: Debian packages, and a build
# folder. To be sourced; ends the script that sources it if something cannot be done.

# What building rkmod takes, and what its commands run.
# shellcheck disable=SC2034 # used by those who source this
BUILD_PACKAGES=(gcc libc6-dev libarchive-dev libcjson-dev libelf-dev libgit2-dev
	libiberty-dev libkmod-dev liblzma-dev libssl-dev meson ninja-build pkgconf)
# shellcheck disable=SC2034
RUN_PACKAGES=(bubblewrap ca-certificates debian-archive-keyring gpgv mmdebstrap
	qemu-system-x86 uidmap)

say()
{
	echo "$(basename "$0"): $*"
}

die()
{
	echo "$(basename "$0"): $*" >&2
	exit 2
}

# Those of the packages that are not installed.
missing_packages()
{
	local package

	for package; do
		# shellcheck disable=SC2016 # the format is dpkg's
		[ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
			echo "$package"
	done
}

apt_get()
{
	local -a as=()

	[ "$(id -u)" = 0 ] || as=(sudo)
	"${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@"
}

# need_packages NAME...: installs what is missing; the package lists are fetched only
# if they do not do.
need_packages()
{
	local -a missing

	command -v dpkg-query >/dev/null || die "this needs Debian 12 or 13 (no dpkg-query here)"
	mapfile -t missing < <(missing_packages "$@")
	[ ${#missing[@]} != 0 ] || return 0
	say "installing ${missing[*]}"
	if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
		die "no sudo here; as uid 0 run: apt-get install --no-install-recommends ${missing[*]}"
	fi
	# A rehearsal tells whether the lists know the packages; the mirror may have moved on.
	if apt-get -s install --no-install-recommends "${missing[@]}" >/dev/null 2>&1; then
		apt_get install -y --no-install-recommends "${missing[@]}" && return 0
	fi
	say 'fetching the package lists first'
	apt_get update || die 'apt-get update failed'
	apt_get install -y --no-install-recommends "${missing[@]}" ||
		die "these packages could not be installed: ${missing[*]}"
}

# configure_in DIR MESON-ARGS...: once; a folder whose configuration was interrupted is
# made anew.
configure_in()
{
	local dir=$1

	shift
	if [ ! -f "$dir/build.ninja" ]; then
		rm -rf "$dir"
		meson setup "$@" "$dir" >"$dir.log" 2>&1 || {
			cat "$dir.log" >&2
			die "meson setup failed"
		}
		rm -f "$dir.log"
	fi
}

# build_in DIR MESON-ARGS...: configures once, then builds what has changed.
build_in()
{
	configure_in "$@"
	ninja --quiet -C "$1" || die "the build in '$1' failed"
}
