# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# To be sourced: packages from the package sources of a root tree, with the machine's
# proxy. apt's state of both stays as it is.

# apt_of_tree ROOT STATE [LIST]: apt-get and apt-cache mean ROOT's sources from now on, or
# those of the file LIST with ROOT's keys; STATE is a folder for lists and downloads
apt_of_tree()
{
	local root=$1 state=$2 list=${3:-$1/etc/apt/sources.list} parts=$1/etc/apt/sources.list.d

	[ $# = 2 ] || parts=/dev/null

	mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
	: >"$state/status"
	cat >"$state/apt.conf" <<-CONF
		Dir::Etc::sourcelist "$list";
		Dir::Etc::sourceparts "$parts";
		Dir::Etc::trustedparts "$root/etc/apt/trusted.gpg.d";
		Dir::State "$state";
		Dir::State::lists "$state/lists";
		Dir::State::status "$state/status";
		Dir::Cache "$state/cache";
		APT::Sandbox::User "";
	CONF
	export APT_CONFIG=$state/apt.conf
	apt-get -q update >&2
}
