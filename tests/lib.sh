# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Shared by the TAP scripts of tests/kernel and tests/vm, which start with
#
#   . "$(dirname "$0")/../lib.sh"
#   begin
#   make_module "$T/m"
#   expect 0 'builds as an ordinary user' rkmod build --root "$ROOT" "$T/m"
#   stderr_has 'says what was made' '2296 of 2296'
#   finish
#
# Everything runs as an ordinary user: run by uid 0, rkmod is started as $TEST_UID.
# From the environment, set by tests/run.sh:
#   RKMOD_TEST_ROOT    a root tree with headers, sources, compiler and kernel image
#   RKMOD_TEST_CACHE   XDG_CACHE_HOME of the ordinary user, the kernel's metadata in it
#   RKMOD_TEST_PREFIX  where rkmod is installed: bin/rkmod, libexec/rkmod
#   RKMOD_TEST_KEEP    for what takes long to fetch or build, and is kept
# Without the first, a script skips.

set -u
umask 022
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TEST_UID=$(id -u)
[ "$TEST_UID" != 0 ] || TEST_UID=23456
n_tests=0
n_failed=0
BINDS=() # bwrap arguments: what with_binds adds for the following commands

# --- TAP

diag()
{
	sed 's/^/# /' "$@"
}

# result STATUS CLAIM: a TAP line; STATUS 0 is ok
result()
{
	n_tests=$((n_tests + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n_tests - $2"
		return 0
	fi
	n_failed=$((n_failed + 1))
	echo "not ok $n_tests - $2"
	return 1
}

skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

# --- Begin and end of a script

begin()
{
	[ -n "${RKMOD_TEST_ROOT:-}" ] || skip_all 'RKMOD_TEST_ROOT is not set'
	ROOT=$RKMOD_TEST_ROOT
	T=$(mktemp -d "${TMPDIR:-/var/tmp}/rkmod-test.XXXXXXXX") || exit 2
	trap 'clean_up' EXIT
	trap 'exit 2' HUP INT TERM
	chmod 755 "$T"
	mkdir "$T/home" "$T/state"
	[ "$(id -u)" != 0 ] || chown -R "$TEST_UID:$TEST_UID" "$T"
	CACHE=${RKMOD_TEST_CACHE:-$T/cache}
	RELEASE=$(kernel_release) || exit 2
	KDIR=/usr/src/linux-headers-$RELEASE
	COMMON=/usr/src/$(sed -n 's,^include .*/\(linux-headers-[^/]*\)/Makefile$,\1,p' \
		"$ROOT$KDIR/Makefile")
	hash_before=$(kdir_hash)
}

finish()
{
	[ "$(kdir_hash)" = "$hash_before" ]
	result $? 'KDIR, its common part and linux-kbuild are unchanged'
	echo "1..$n_tests"
	[ "$n_failed" = 0 ]
	exit
}

clean_up()
{
	rm -rf "$T"
}

# The only release that the tree has headers for.
kernel_release()
{
	local dir

	for dir in "$ROOT"/usr/src/linux-headers-*; do
		[ ! -f "$dir/Module.symvers" ] || echo "${dir##*/linux-headers-}"
	done
}

# A hash over names, modes, mtimes and contents.
kdir_hash()
{
	local kbuild

	kbuild=$(dirname "$(readlink -f "$ROOT$KDIR/scripts")")
	{
		find "$ROOT$KDIR" "$ROOT$COMMON" "$kbuild" -printf '%p %y %m %T@ %l\n' | sort
		find "$ROOT$KDIR" "$ROOT$COMMON" "$kbuild" -type f -print0 | sort -z |
			xargs -0 sha256sum
	} | sha256sum
}

# --- Running

# as_user COMMAND ARGS...: as the ordinary user, in its environment, with $BINDS
as_user()
{
	local -a argv=()

	if [ "$(id -u)" = 0 ]; then
		argv=(setpriv --reuid="$TEST_UID" --regid="$TEST_UID" --clear-groups --)
	fi
	argv+=(env -i PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME="$T/home" LC_ALL=C TMPDIR="$T"
		XDG_CACHE_HOME="$CACHE" XDG_STATE_HOME="$T/state"
		RKMOD_LIBEXEC="$RKMOD_TEST_PREFIX/libexec/rkmod"
		${RKMOD_ROOT:+RKMOD_ROOT="$RKMOD_ROOT"})
	if [ ${#BINDS[@]} != 0 ]; then
		argv+=(bwrap --dev-bind / / "${BINDS[@]}" --die-with-parent --)
	fi
	"${argv[@]}" "$@"
}

rkmod()
{
	as_user "$RKMOD_TEST_PREFIX/bin/rkmod" "$@"
}

# in_tree WRITABLE COMMAND ARGS...: as an ordinary user in the root tree, as rkmod does
in_tree()
{
	local writable=$1

	shift
	as_user bwrap --tmpfs / --ro-bind "$ROOT/usr" /usr --ro-bind "$ROOT/etc" /etc \
		--symlink usr/bin /bin --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
		--dev /dev --proc /proc --tmpfs /tmp --bind "$writable" "$writable" \
		--unshare-pid --unshare-net --new-session --die-with-parent "$@"
}

# expect STATUS CLAIM COMMAND ARGS...: leaves $T/stdout and $T/stderr
expect()
{
	local want=$1 claim=$2 got

	shift 2
	"$@" >"$T/stdout" 2>"$T/stderr"
	got=$?
	[ "$got" = "$want" ]
	result $? "$claim" || {
		echo "# exit status $got, not $want: $*"
		diag "$T/stdout" "$T/stderr"
	}
}

# has FILE CLAIM TEXT, and for the last command: stdout_has, stderr_has CLAIM TEXT
has()
{
	grep -qF -e "$3" "$1"
	result $? "$2" || {
		echo "# no '$3' in:"
		diag "$1"
	}
}

stdout_has()
{
	has "$T/stdout" "$@"
}

stderr_has()
{
	has "$T/stderr" "$@"
}

# same CLAIM WANT GOT: two texts
same()
{
	[ "$2" = "$3" ]
	result $? "$1" || printf '%s\n' "wanted: $2" "got:    $3" | diag
}

# json KEY...: a value in the JSON on stdout of the last command; numbers index arrays
json()
{
	python3 - "$T/stdout" "$@" <<'EOF'
import json, sys

value = json.load(open(sys.argv[1]))
for key in sys.argv[2:]:
    value = value[int(key) if isinstance(value, list) else key]
print(value if isinstance(value, str) else json.dumps(value))
EOF
}

# --- Material

# give FILE...: hands what uid 0 has made to the ordinary user
give()
{
	[ "$(id -u)" != 0 ] || chown -R "$TEST_UID:$TEST_UID" "$@"
}

# make_sample NAME DIR: a clean copy of a sample
make_sample()
{
	mkdir -p "$2"
	(cd "$TOP/samples/$1" && cp Kbuild Makefile ./*.rs "$2")
	[ "$1" != mixed ] || cp "$TOP/samples/$1"/*.[ch] "$2"
	give "$2"
}

# rustc_web ROOT: prints a folder with Debian's second rustc, of the suite of a tree
rustc_web()
{
	local web=${RKMOD_TEST_KEEP:-$T}/rustc-web

	if [ ! -e "$web/complete" ]; then
		rm -rf "$web"
		"$TOP/tests/kernel/fetch-rustc-web.sh" "$1" "$web" "$T/apt" >"$T/fetch" 2>&1 || {
			echo '# rustc-web cannot be fetched (offline?): not tested' >&2
			return 1
		}
		touch "$web/complete"
	fi
	echo "$web"
}

# make_module DIR: the smallest module, hello
make_module()
{
	make_sample hello "$1"
}

# copy_kdir DIR: a copy of KDIR to be changed and bound over the original path. Its
# Makefile names the original path, so it is used only there.
copy_kdir()
{
	cp -a "$ROOT$KDIR" "$1"
	# Absolute links of the tree would be those of the host: relative ones stay as
	# they are, because the copy is seen at the original's place.
	chmod -R u+w "$1"
}

# bind_over_kdir DIR: rkmod and as_user see it as KDIR of the tree from now on
bind_over_kdir()
{
	BINDS=(--ro-bind "$1" "$ROOT$KDIR")
}

# metadata_dir: the cached set of the tree's kernel, found by building a module
metadata_dir()
{
	make_module "$T/any"
	rkmod build --root "$ROOT" --format json "$T/any" >"$T/stdout" && json metadata dir
}

# copy_kdir_with_metadata DIR: as copy_kdir, and it ships rust/ and scripts/target.json
copy_kdir_with_metadata()
{
	local set_dir

	set_dir=$(metadata_dir) || return
	copy_kdir "$1"
	rm "$1/scripts"
	cp -a "$ROOT$KDIR/scripts/." "$1/scripts"
	cp -a "$set_dir/rust" "$1/rust"
	cp -a "$set_dir/scripts/target.json" "$1/scripts/"
	chmod -R u+w "$1"
}
