#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Metadata for others: an archive and a Debian package, the same bytes from whoever makes
# them, and a machine without kernel source that builds with them.
. "$(dirname "$0")/../lib.sh"
begin
. "$TOP/tests/kernel/second-lib.sh"
SHARED=$CACHE
NAME=rkmod-metadata-$RELEASE

# follows CLAIM: stdout of the last command
follows()
{
	"$TOP/tests/validate.py" "$TOP/cmd/schema/prepare.json" "$T/stdout" >"$T/why"
	result $? "$1" || diag "$T/why" "$T/stdout"
}

mkdir "$T/mnt"
give "$T/mnt"
expect 0 'the set is exported' rkmod prepare --root "$ROOT" --export "$T/mnt" --format json
follows 'what it says follows the schema'
deb=$(json exported 0)
tar=$(json exported 1)
same 'both files have the usual names' "$NAME $NAME" "$(basename "${deb%%_*}") $(basename "${tar%%_*}")"
xz -dc "$tar" | tar tvf - >"$T/list"
same 'everything in it is owned by 0:0' 0 "$(grep -cv ' 0/0 ' "$T/list")"
xz -dc "$tar" | grep -aqF -e "$SHARED" -e "$T"
same 'no path of its maker is in it' 1 $?

CACHE=$T/cache
expect 0 'another user imports the archive' rkmod prepare --root "$ROOT" --import "$tar" --format json
follows 'what it says follows the schema'
same 'nothing was made' cache "$(json metadata origin)"
expect 0 'the hashes are right' rkmod prepare --root "$ROOT" --verify --source /nothing
expect 0 'and exports it again' rkmod prepare --root "$ROOT" --export "$T/again.deb"
cmp "$deb" "$T/again.deb" >"$T/why"
result $? 'byte for byte the same package' || diag "$T/why"

head -c 20000000 "$tar" >"$T/bad-cut.tar.xz"
CACHE=$T/empty
expect 2 'one that was cut off is refused' rkmod prepare --root "$ROOT" --import "$T/bad-cut.tar.xz"
stderr_has 'and named' 'bad-cut.tar.xz'
same 'and leaves nothing' '' "$(find "$T/empty/rkmod/metadata" -mindepth 1 -not -name '*.lock')"

make_second_or_finish
make_module "$T/m"
expect 2 'without source and without package nothing is built' \
	rkmod build --root "$SECOND" "$T/m"
expect 0 'dpkg installs the package' in_second dpkg --install "/mnt/${deb##*/}"
expect 0 'dpkg finds it as it was made' in_second dpkg --verify "$NAME"
expect 0 'an ordinary user builds with it' rkmod build --root "$SECOND" --format json "$T/m"
same 'the metadata is the package'"'"'s' system "$(json metadata origin)"
same 'the module is accepted' accept "$(json modules 0 verdict)"
# shellcheck disable=SC2016 # the shell inside expands them
as_user sh -c 'cd "$1" && shift && exec "$@"' sh "$T" "$RKMOD_TEST_PREFIX/bin/rkmod" new \
	--root "$SECOND" hello >"$T/why" 2>&1
expect 0 'a new module passes everything' rkmod ci --format json "$T/hello"
same 'it was loaded in a guest' loaded "$(json vm modules 0 result)"

chmod g+w "$SECOND/usr/lib/rkmod/metadata/$RELEASE/rust/libmacros.so"
expect 2 'one that others could write is not used' rkmod build --root "$SECOND" "$T/m"
stderr_has 'and named' 'libmacros.so'
expect 0 'dpkg removes the package' in_second dpkg --purge "$NAME"
[ ! -e "$SECOND/usr/lib/rkmod" ]
result $? 'and nothing of it stays'
expect 2 'the package will not be installed for other headers' in_second \
	sh -c "sed -i '/^Package: linux-headers-$RELEASE\$/,/^\$/s/^Version: .*/Version: 1-1/' \
		/var/lib/dpkg/status && ! dpkg --install /mnt/${deb##*/} && exit 2"
finish
