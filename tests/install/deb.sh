#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The package in a Debian 13 system that has nothing of rkmod: installed by apt with what
# it depends on and recommends, used there by an ordinary user; then without the kernel's
# source, with metadata that rkmod exported.
#
# RKMOD_TEST_DEB is the folder that dpkg-buildpackage left its results in (tests/run.sh
# builds it in the root tree). The system is the root tree, without what building rkmod
# took; its files are shared with the tree's as hard links, which dpkg never writes into.
. "$(dirname "$0")/../lib.sh"
[ -n "${RKMOD_TEST_DEB:-}" ] || skip_all 'RKMOD_TEST_DEB is not set'
[ "$(id -u)" = 0 ] || skip_all 'only uid 0 can install packages'
. "$TOP/samples/setup.sh"
begin
SYSTEM=$T/system

# inside COMMAND...: in the system as uid 0
inside()
{
	bwrap --bind "$SYSTEM" / --proc /proc --dev /dev --perms 1777 --tmpfs /tmp --tmpfs /run \
		--ro-bind /etc/resolv.conf /etc/resolv.conf --ro-bind "$RKMOD_TEST_DEB" /run/deb \
		"${BINDS[@]}" --unshare-pid --unshare-ipc --die-with-parent --chdir / --clearenv \
		--setenv PATH /usr/sbin:/usr/bin:/sbin:/bin --setenv LC_ALL C.UTF-8 \
		--setenv DEBIAN_FRONTEND noninteractive --setenv HOME "${AS_HOME:-/root}" \
		${http_proxy:+--setenv http_proxy "$http_proxy"} "$@"
}

# by_user COMMAND...: in the folder $DIR of an ordinary user
by_user()
{
	AS_HOME=/home/user inside --unshare-net setpriv --reuid="$TEST_UID" --regid="$TEST_UID" \
		--clear-groups --no-new-privs env -C "/home/user/${DIR:-}" "$@"
}

make_system()
{
	local entry

	mkdir "$SYSTEM"
	for entry in "$ROOT"/*; do
		[ "$entry" = "$ROOT/usr" ] || cp -a "$entry" "$SYSTEM/" || return
	done
	cp -al "$ROOT/usr" "$SYSTEM/" 2>/dev/null || cp -a --reflink=auto "$ROOT/usr" "$SYSTEM/"
	# Root trees leave out what nobody reads there; people read.
	rm -f "$SYSTEM/etc/dpkg/dpkg.cfg.d"/*
	mkdir -p "$SYSTEM/home/user/.cache" &&
		echo "user:x:$TEST_UID:$TEST_UID::/home/user:/bin/bash" >>"$SYSTEM/etc/passwd" &&
		echo "user:x:$TEST_UID:" >>"$SYSTEM/etc/group" &&
		give "$SYSTEM/home/user"
}

# What building rkmod took, and what nothing else needs then.
remove_build_packages()
{
	local -a remove=()
	local package

	for package in "${BUILD_PACKAGES[@]}" debhelper git libdw-dev; do
		case $package in
		gcc | libc6-dev | libelf-dev | libssl-dev) ;; # what modules are built with
		*) [ -z "$(inside dpkg-query -W "$package" 2>/dev/null)" ] || remove+=("$package") ;;
		esac
	done
	inside apt-get -q -y autoremove --purge "${remove[@]}"
}

apt_in()
{
	local proxy

	eval "$(apt-config shell proxy Acquire::http::Proxy)"
	inside apt-get -q -y ${proxy:+-o "Acquire::http::Proxy=$proxy"} \
		-o Dir::Cache::archives=/var/cache/apt/archives --no-install-recommends "$@"
}

# --- The package

deb=$(find "$RKMOD_TEST_DEB" -maxdepth 1 -name 'rkmod_*.deb')
changes=$(find "$RKMOD_TEST_DEB" -maxdepth 1 -name 'rkmod_*.changes')
[ -s "$deb" ] && [ -s "$changes" ]
result $? 'there is one package' || finish
if command -v lintian >/dev/null; then
	expect 0 'lintian finds neither errors nor warnings' \
		lintian --allow-root --fail-on error,warning "$changes"
fi
dpkg-deb -f "$deb" Depends >"$T/depends"
for name in archive cjson elf git2 kmod lzma ssl; do
	has "$T/depends" "it depends on lib$name" "lib$name"
done

# --- Installed

expect 0 'a system' make_system
expect 0 'without what building took' remove_build_packages
[ -z "$(find "$SYSTEM" -xdev -path "$SYSTEM/proc" -prune -o -name 'libgit2.so*' -print)" ]
result $? 'libgit2 is not there'
expect 0 'the package lists' apt_in update
mapfile -t recommends < <(dpkg-deb -f "$deb" Recommends | tr ',' '\n' | tr -d ' ')
expect 0 'apt installs it, and what it recommends' \
	apt_in install "/run/deb/${deb##*/}" "${recommends[@]}"
expect 0 'nothing of it is broken' inside dpkg --verify rkmod
same 'dpkg has nothing to say' '' "$(cat "$T/stdout")"

# --- Used

# The kernel's metadata is that of the other tests: tests/kernel makes it anew.
BINDS=(--bind "$CACHE" /home/user/.cache)
expect 0 'it runs' by_user rkmod --version
stdout_has 'and says which it is' "rkmod $(dpkg-deb -f "$deb" Version)"
! grep 'not there' "$T/stdout" | diag | grep .
result $? 'each library is there'
libgit2=$(cd "$SYSTEM" && echo usr/lib/x86_64-linux-gnu/libgit2.so.*.*.*)
BINDS+=(--ro-bind /dev/null "/$libgit2")
expect 0 'it runs without a library that was broken' by_user rkmod --version
stdout_has 'and names it' 'libgit2    not there: '
BINDS=("${BINDS[@]:0:3}")
expect 0 'its manual is there' by_user test -s /usr/share/man/man1/rkmod-build.1.gz
expect 0 'a module is begun' by_user rkmod new --kernel "$RELEASE" hello
DIR=hello
expect 0 'doctor finds nothing in the way' by_user rkmod doctor
expect 0 'formatted, linted, built, judged, and loaded in a guest: green' by_user \
	rkmod ci --strict --format json
"$TOP/tests/validate.py" "$TOP/cmd/schema/ci.json" "$T/stdout" >"$T/why"
result $? 'the answer follows the schema' || diag "$T/why"
same 'the module was loaded' loaded "$(json vm modules 0 result)"

# --- Without the kernel's source, with the metadata as a package

expect 0 'the metadata is exported as a package' by_user rkmod prepare --export /home/user/set.deb
BINDS=()
expect 0 'the source is removed' inside apt-get -q -y purge 'linux-source-*'
expect 2 'without it there is no build' by_user rkmod build
expect 0 'apt installs the package of metadata' apt_in install /home/user/set.deb
DIR=''
expect 0 'another module is begun' by_user rkmod new --kernel "$RELEASE" second
DIR=second
expect 0 'everything is green' by_user rkmod ci --strict --format json
same 'with the metadata of the package' system "$(json metadata origin)"
same 'that module was loaded, too' loaded "$(json vm modules 0 result)"
finish
