#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sources that are not those of the kernel make no metadata.
. "$(dirname "$0")/../lib.sh"
begin
CACHE=$T/cache # an empty one
PACKAGE_VERSION=$(dpkg-query --admindir="$ROOT/var/lib/dpkg" -W -f '${Version}' \
	"linux-headers-$RELEASE")

prepare()
{
	rkmod prepare --root "$ROOT" "$@"
}

leaves_nothing()
{
	[ -z "$(find "$T/cache" -name '*.tmp-*' -o -name '*.rmeta')" ]
	result $? "$1: nothing is left behind"
}

# Everything of /usr/src but the source archives
BINDS=(--tmpfs "$ROOT/usr/src")
for entry in "$ROOT"/usr/src/*; do
	case $entry in
	*/linux-source-*) ;;
	*)
		if [ -L "$entry" ]; then
			BINDS+=(--symlink "$(readlink "$entry")" "$entry")
		else
			BINDS+=(--ro-bind "$entry" "$entry")
		fi
		;;
	esac
done
expect 2 'without sources there is no metadata' prepare
stderr_has 'the package to install is named' "linux-source-"
stderr_has 'in the version to install' "=$PACKAGE_VERSION"
BINDS=()

# One byte in one header
echo '/* changed */' | cat "$ROOT$COMMON/include/linux/fs.h" - >"$T/fs.h"
BINDS=(--ro-bind "$T/fs.h" "$ROOT$COMMON/include/linux/fs.h")
expect 2 'another header is refused' prepare
stderr_has 'it is named' "'include/linux/fs.h'"
leaves_nothing 'another header'

# A configuration that the source does not make
sed 's/^CONFIG_HZ=.*/CONFIG_HZ=77/' "$ROOT$KDIR/.config" >"$T/config"
BINDS=(--ro-bind "$T/config" "$ROOT$KDIR/.config")
expect 2 'another configuration is refused' prepare
stderr_has 'the line is shown' '-CONFIG_HZ=77'
leaves_nothing 'another configuration'
BINDS=()

# The release before: every Rust symbol has the same name there
previous=$("$TOP/tests/kernel/fetch-previous-source.sh" "$ROOT" "$PACKAGE_VERSION" \
	"$T/previous.tar.xz" "$T/apt" 2>"$T/apt.log")
case $? in
0) ;;
77)
	echo "# no release before $PACKAGE_VERSION in the tree's package sources"
	finish
	;;
*)
	diag "$T/apt.log"
	exit 2
	;;
esac
echo "# the release before is $previous"
expect 2 'the source of the release before is refused' prepare --source "$T/previous.tar.xz"
stderr_has 'its version is told' "is of version ${previous%%-*}"
leaves_nothing 'the release before'

# ... even if it pretends to be this one
mkdir "$T/tree"
tar xf "$T/previous.tar.xz" -C "$T/tree" --strip-components=1 --wildcards \
	'*/Makefile' '*/include/*' --exclude '*/tools/*' --exclude '*/drivers/*'
sublevel=${PACKAGE_VERSION%%-*}
sed -i "s/^SUBLEVEL = .*/SUBLEVEL = ${sublevel##*.}/" "$T/tree/Makefile"
give "$T/tree"
expect 2 'under a forged version as well' prepare --source "$T/tree"
stderr_has 'by its headers' 'headers of'
leaves_nothing 'a forged version'
finish
