#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's own dkms builds and installs a Rust module for the stock kernel through rkmod,
# where it cannot without.
. "$(dirname "$0")/../lib.sh"
begin
. "$TOP/tests/kernel/second-lib.sh"
NAME=hello/0.1
UPDATES=usr/lib/modules/$RELEASE/updates

# dkms_files: prints a folder with dkms unpacked
dkms_files()
{
	local dir=${RKMOD_TEST_KEEP:-$T}/dkms

	if [ ! -e "$dir/complete" ]; then
		rm -rf "$dir"
		"$TOP/tests/kernel/fetch-dkms.sh" "$ROOT" "$dir" "$T/apt" >"$T/fetch" 2>&1 || return
		touch "$dir/complete"
	fi
	echo "$dir"
}

dkms=$(dkms_files) || {
	sed 's/^/# /' "$T/fetch"
	skip_all 'dkms cannot be fetched (offline?)'
}
make_module "$T/m"
expect 0 'the module is handed over' rkmod dkms --root "$ROOT" --format json "$T/m"
"$TOP/tests/validate.py" "$TOP/cmd/schema/dkms.json" "$T/stdout" >"$T/why"
result $? 'what it says follows the schema' || diag "$T/why"
same 'with the name of the module' hello "$(json modules 0 name)"
expect 0 'the same again changes nothing' rkmod dkms --root "$ROOT" --format json "$T/m"
same 'and says so' false "$(json written)"
echo '# mine' >>"$T/m/dkms.conf"
expect 2 'one that says something else stays' rkmod dkms --root "$ROOT" "$T/m"
stderr_has 'and is named' "$T/m/dkms.conf"
expect 0 'unless --force is given' rkmod dkms --root "$ROOT" --force "$T/m"

make_second_or_finish
cp -a "$dkms/usr" "$dkms/etc" "$SECOND"
mkdir -p "$SECOND/var/lib/dkms"
cp -a "$T/m" "$T/plain"
rkmod prepare --root "$ROOT" --export "$T/mnt/set.deb" >"$T/why" 2>&1 &&
	in_second dpkg --install /mnt/set.deb >"$T/why" 2>&1
result $? 'the metadata is installed there' || diag "$T/why"
cp -a "$RKMOD_TEST_PREFIX/." "$SECOND/usr/local"

sed -i '/^MAKE/d' "$T/plain/dkms.conf"
sed -i 's/^PACKAGE_NAME=.*/PACKAGE_NAME=plain/' "$T/plain/dkms.conf"
cp -a "$T/plain" "$SECOND/usr/src/plain-0.1"
in_second dkms add plain/0.1 >"$T/why" 2>&1
same 'dkms with plain make cannot build it' 10 "$(in_second dkms build plain/0.1 -k "$RELEASE" \
	>"$T/stdout" 2>&1; echo $?)"
has "$SECOND/var/lib/dkms/plain/0.1/build/make.log" 'because there is no metadata' target.json

listing "$SECOND/usr/lib/modules/$RELEASE" >"$T/before"
cp -a "$T/m" "$T/mnt/hello"
expect 0 'dkms adds it' in_second dkms add /mnt/hello
expect 0 'dkms builds it' in_second dkms build $NAME -k "$RELEASE"
expect 0 'dkms installs it' in_second dkms install $NAME -k "$RELEASE"
ko=$(cd "$SECOND" && find "$UPDATES" -name 'hello.ko*')
same 'the module is where dkms puts it' "$UPDATES/dkms" "$(dirname "$ko")"
expect 0 'the loader would take what dkms stripped and compressed' \
	rkmod check --root "$SECOND" "$SECOND/$ko"
expect 0 'modprobe finds it' in_second modprobe --show-depends --set-version "$RELEASE" hello
stdout_has 'by its path' "/updates/dkms/hello.ko"
[ ! -e "$SECOND/nonexistent" ] && [ -d "$SECOND/var/cache/rkmod" ]
result $? 'rkmod did without a home'

expect 0 'dkms removes it' in_second dkms remove $NAME --all
listing "$SECOND/usr/lib/modules/$RELEASE" >"$T/after"
diff "$T/before" "$T/after" >"$T/why"
result $? 'nothing of it stays' || diag "$T/why"
in_second dkms add $NAME >"$T/why" 2>&1
for file in .config include/config/auto.conf; do
	file=$SECOND/usr/src/linux-headers-$RELEASE/$file
	grep -v '^CONFIG_RUST=' "$file" >"$T/config"
	rm "$file" # a hard link
	cp "$T/config" "$file"
done
in_second dkms build $NAME -k "$RELEASE" >"$T/why" 2>&1
same 'a kernel without Rust is passed over' 77 $? || diag "$T/why"
finish
