# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For the TAP scripts of tests/old: as tests/lib.sh, with the old kernel of
# RKMOD_TEST_OLD_ROOT (see kernel.sh) instead of the stock one. Its KDIR is a whole tree
# that was built, with its own Rust metadata.

RKMOD_TEST_ROOT=${RKMOD_TEST_OLD_ROOT:-}
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
# shellcheck disable=SC2034 # for kernel/shapes-lib.sh
LITERAL=b # how module! wants its texts there: name: b"x"

# 30,000 files: their contents are known by their ctime.
kdir_hash()
{
	find "$ROOT$KDIR" -printf '%p %y %m %s %T@ %C@ %l\n' | sort | sha256sum
}

# plain_make WRITABLE DIR ARGS...: what one types without rkmod; KDIR is on a mount that
# could be written (yes) or not (no)
plain_make()
{
	local bind=--ro-bind dir=$2

	[ "$1" = no ] || bind=--bind
	shift 2
	as_user bwrap --tmpfs / "$bind" "$ROOT/usr" /usr --ro-bind "$ROOT/etc" /etc \
		--symlink usr/bin /bin --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
		--dev /dev --proc /proc --tmpfs /tmp --bind "$dir" "$dir" --unshare-pid \
		--unshare-net --new-session --die-with-parent make -C "$KDIR" M="$dir" LLVM=1 "$@"
}

# without_out_dir: from now on KDIR's Makefile.build is as in 6.3 to 6.4.6
without_out_dir()
{
	# shellcheck disable=SC2016 # make's, not the shell's
	sed 's/--out-dir $(dir $@) //' "$ROOT$KDIR/scripts/Makefile.build" >"$T/Makefile.build"
	if grep -q -e '^[^#]*--out-dir' "$T/Makefile.build"; then
		echo 'Bail out! --out-dir is given in a way that is not known'
		exit 2
	fi
	BINDS=(--ro-bind "$T/Makefile.build" "$ROOT$KDIR/scripts/Makefile.build")
}
