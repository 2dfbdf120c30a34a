# SPDX-License-Identifier: GPL-2.0-or-later
# A root tree with nothing in it, and KDIRs to put there.
mkdir -p tree/usr

# kdir RELEASE LINE...: headers with a configuration of these lines
kdir() {
	dir=tree/usr/src/linux-headers-$1
	mkdir -p "$dir/include/config" "tree/lib/modules/$1"
	ln -s "/usr/src/linux-headers-$1" "tree/lib/modules/$1/build"
	echo "$1" >"$dir/include/config/kernel.release"
	echo "$1" | sed 's/^\([0-9]*\)\.\([0-9]*\)\.\([0-9]*\).*/VERSION = \1\nPATCHLEVEL = \2\nSUBLEVEL = \3/' \
		>"$dir/Makefile"
	shift
	printf '%s\n' "$@" >"$dir/.config"
	cp "$dir/.config" "$dir/include/config/auto.conf"
}
