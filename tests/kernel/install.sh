#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Modules into /lib/modules and out again: through Kbuild's modules_install, judged as they
# come out of it, with the rights of uid 0 for the last step only.
. "$(dirname "$0")/../lib.sh"
begin
. "$TOP/tests/kernel/second-lib.sh"

# follows CLAIM SCHEMA: stdout of the last command
follows()
{
	"$TOP/tests/validate.py" "$TOP/cmd/schema/$2.json" "$T/stdout" >"$T/why"
	result $? "$1" || diag "$T/why" "$T/stdout"
}

# by_sudo COMMAND...: as uid 0, by sudo of the ordinary user
by_sudo()
{
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C SUDO_UID="$TEST_UID" \
		SUDO_GID="$TEST_UID" "$@"
}

# sudo_rkmod ARGS...
sudo_rkmod()
{
	by_sudo "$RKMOD_TEST_PREFIX/bin/rkmod" "$@"
}

make_module "$T/m"
expect 2 'what is not built is not installed' rkmod install --root "$ROOT" --mod-path "$T/home" "$T/m"
stderr_has 'and it says what to do' 'rkmod build'
rkmod build --root "$ROOT" "$T/m" >"$T/why" 2>&1
result $? 'a module is built' || diag "$T/why"
for file in Kbuild Makefile; do
	# shellcheck disable=SC2016 # make expands it
	echo '$(shell touch ran)' >>"$T/m/$file"
done

# --- below any folder, as an ordinary user

mkdir "$T/dest"
give "$T/dest"
expect 0 'an ordinary user installs below a folder' \
	rkmod install --root "$ROOT" --mod-path "$T/dest" --format json "$T/m"
follows 'what it says follows the schema' install
same 'there is no kernel, and depmod does not run' false "$(json depmod)"
ko=$(json installed 0)
same 'the module is in updates' "/lib/modules/$RELEASE/updates" "$(dirname "$ko")"
expect 0 'it is a module that the kernel takes' rkmod check --root "$ROOT" "$T/dest$ko"
[ ! -e "$T/m/ran" ] && [ ! -e ran ]
result $? 'no makefile of the repository ran'
expect 0 'the same again' rkmod install --root "$ROOT" --mod-path "$T/dest" "$T/m/hello.ko"
expect 0 'and away again' rkmod uninstall --mod-path "$T/dest" --format json hello
follows 'what it says follows the schema' uninstall
same 'nothing stays, nor a record' '' "$(find "$T/dest" -mindepth 1)"
expect 2 'what is not installed cannot be removed' rkmod uninstall --mod-path "$T/dest" hello
sed "s/vermagic=${RELEASE%?}./vermagic=${RELEASE%?}X/" "$T/m/hello.ko" >"$T/dest/hello.ko"
give "$T/dest"
expect 1 'a module that the kernel would refuse is not installed' \
	rkmod install --root "$ROOT" --mod-path "$T/dest" --format json "$T/dest/hello.ko"
follows 'what it says follows the schema' install
same 'and why' refuse "$(json modules 0 verdict)"
same 'nothing is there' '' "$(find "$T/dest" -name 'hello.ko*' -path '*modules*')"
cp -a "$T/m" "$T/forgiving"
cp "$T/dest/hello.ko" "$T/forgiving"
echo '{"check": {"vermagic": "note"}}' >"$T/forgiving/rkmod.json"
give "$T/forgiving"
as_user git -C "$T/forgiving" init -q
# shellcheck disable=SC2016 # the shell inside expands them
expect 0 'a repository says what counts when it is checked' \
	as_user bash -c 'cd "$1" && shift && exec "$@"' cd "$T/forgiving" \
	"$RKMOD_TEST_PREFIX/bin/rkmod" check --root "$ROOT" hello.ko
expect 1 'it does not say what is installed' \
	rkmod install --root "$ROOT" --mod-path "$T/dest" "$T/forgiving"

if [ -n "${RKMOD_TEST_OLD_ROOT:-}" ]; then
	old=$(basename "$RKMOD_TEST_OLD_ROOT"/usr/src/linux-headers-*)
	expect 1 'a kernel with other makefiles: the verdict is about what they made' rkmod install \
		--root "$RKMOD_TEST_OLD_ROOT" --kernel "${old#linux-headers-}" \
		--mod-path "$T/dest" "$T/m/hello.ko"
	stdout_has 'compressed as that kernel has it' "${old#linux-headers-}/updates/hello.ko.xz: refuse"
fi

# --- where the kernel is, as uid 0

make_second_or_finish
modules=$SECOND/usr/lib/modules/$RELEASE
in_second depmod "$RELEASE"
listing "$modules" >"$T/before"
expect 2 'an ordinary user may not' rkmod install --root "$SECOND" "$T/m"
stderr_has 'and is told who may' sudo
expect 0 'with sudo it is installed' sudo_rkmod install --root "$SECOND" --format json "$T/m"
follows 'what it says follows the schema' install
same 'depmod ran' true "$(json depmod)"
ko=$(json installed 0)
same 'the file is uid 0'"'"'s' '0:0 644' "$(stat -c '%u:%g %a' "$SECOND$ko")"
expect 0 'modprobe finds it' in_second modprobe --show-depends --set-version "$RELEASE" hello
stdout_has 'there' "${ko#/lib}"
expect 0 'it is what the kernel takes' rkmod check --root "$SECOND" "$SECOND$ko"
same 'no staging folder is left' '' "$(find /var/tmp "$T" -maxdepth 1 -name 'rkmod-install*' -newer "$T/before")"

echo >>"$SECOND$ko"
expect 2 'a file that somebody changed stays' sudo_rkmod uninstall --root "$SECOND" hello
stderr_has 'and is named' "$ko"
expect 0 'installed again' sudo_rkmod install --root "$SECOND" "$T/m"
expect 0 'it is removed' sudo_rkmod uninstall --root "$SECOND" hello
listing "$modules" >"$T/after"
diff "$T/before" "$T/after" >"$T/why"
result $? 'all is as it was' || diag "$T/why"
[ ! -e "$SECOND/var/lib/rkmod/installed" ]
result $? 'also the record'

mkdir "$modules/updates"
echo 'of somebody else' >"$modules/updates/$(basename "$ko")"
expect 2 'the file of somebody else stays' sudo_rkmod install --root "$SECOND" "$T/m"
stderr_has 'and is named' "$ko"
rm -r "$modules/updates"

# A run that is killed leaves nothing broken, and the next one clears up.
for delay in 0.1 0.2 0.3 0.4 0.5 0.6 0.8 1; do
	by_sudo timeout -s KILL $delay "$RKMOD_TEST_PREFIX/bin/rkmod" install --root "$SECOND" \
		"$T/m" >"$T/why" 2>&1
	for ko in "$modules"/updates/hello.ko*; do
		[ ! -e "$ko" ] || rkmod check --root "$SECOND" "$ko" >"$T/why" 2>&1 ||
			echo "$delay" >>"$T/broken"
	done
done
[ ! -e "$T/broken" ]
result $? 'killed at any time, no half of a module is there'
expect 0 'the next run succeeds' sudo_rkmod install --root "$SECOND" "$T/m"
expect 0 'and what it installed is removed' sudo_rkmod uninstall --root "$SECOND" hello
listing "$modules" >"$T/after"
diff "$T/before" "$T/after" >"$T/why"
result $? 'all is as it was' || diag "$T/why"
find /var/tmp -maxdepth 1 -name 'rkmod-install.tmp-*' -user "$TEST_UID" -newer "$T/before" \
	-exec rm -rf {} +

# The machine's own kernel, by uid 0 itself.
cp -a "$RKMOD_TEST_PREFIX/." "$SECOND/usr/local"
cp -a "$T/m" "$T/mnt/m"
expect 0 'on its own machine it is installed' \
	in_second rkmod install --kernel "$RELEASE" --format json /mnt/m
same 'depmod ran' true "$(json depmod)"
expect 0 'modprobe finds it' in_second modprobe --show-depends --set-version "$RELEASE" hello
expect 0 'and it is removed' in_second rkmod uninstall hello
listing "$modules" >"$T/after"
diff "$T/before" "$T/after" >"$T/why"
result $? 'all is as it was' || diag "$T/why"

# A tree cannot lead the writing out of itself.
mkdir "$T/outside"
ln -s "$T/outside" "$modules/updates"
expect 2 'a link out of the tree leads nowhere' sudo_rkmod install --root "$SECOND" "$T/m"
same 'nothing is written there' '' "$(find "$T/outside" -mindepth 1)"
rm "$modules/updates"

# shellcheck disable=SC2016 # the script's own
printf '#!/bin/sh\necho "ran by $(id -u)" >&2\nexit 3\n' >"$T/make"
chmod 755 "$T/make"
rm "$SECOND/usr/bin/make"
cp "$T/make" "$SECOND/usr/bin/make"
expect 2 'where make fails, nothing is installed' sudo_rkmod install --root "$SECOND" "$T/m"
stderr_has 'make was run with the rights of the user' "ran by $TEST_UID"
finish
