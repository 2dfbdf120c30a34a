# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A second root tree, which packages and uid 0 may change. To be sourced after begin.

SECOND=$T/second

# make_second: the tree again, by hard links and without kernel source; what dpkg, dkms
# and depmod may write in place is its own
make_second()
{
	local path

	[ "$(id -u)" = 0 ] || return
	cp -al "$ROOT" "$SECOND" && rm "$SECOND"/usr/src/linux-source-* || return
	for path in etc var "$SECOND/usr/lib/modules/$RELEASE"/modules.*; do
		path=${path#"$SECOND/"}
		rm -rf "${SECOND:?}/$path" && cp -a "$ROOT/$path" "$SECOND/$path" || return
	done
}

# in_second COMMAND...: as uid 0 there, with $T/mnt as /mnt; it may write
in_second()
{
	env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/nonexistent \
		bwrap --bind "$SECOND" / --dev /dev --proc /proc --tmpfs /tmp \
		--bind "$T/mnt" /mnt --unshare-pid --unshare-net --die-with-parent "$@"
}

# make_second_or_finish
make_second_or_finish()
{
	mkdir -p "$T/mnt"
	give "$T/mnt"
	make_second 2>"$T/why" && return
	echo '# a second tree needs uid 0: not tried'
	diag "$T/why"
	finish
}

# listing DIR: names, modes, links and contents of all that is below
listing()
{
	(
		cd "$1" || exit
		find . -printf '%p %y %m %l\n' | sort
		find . -type f -print0 | sort -z | xargs -0 sha256sum
	)
}
