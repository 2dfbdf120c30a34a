# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A real old kernel: Debian 12's linux-source with a small configuration and Rust, made
# with clang in a Debian 12 tree. Sourced by tests/run.sh, after samples/setup.sh.
#
#   make_old_tree WORK COMMAND...   the tree, COMMAND being `rkmod root`; sets OLD_ROOT
#   make_old_kernel                 the kernel in it: /usr/src/linux-headers-<release>
#
# Made once: a tree for the same packages and a kernel of the same source, configuration
# and compiler are kept. All of it takes 1.6 + 0.8 GB.

OLD_SUITE=bookworm
OLD_SOURCE=linux-source-6.1
OLD_PACKAGES=(bc bindgen bison busybox-static clang flex gcc kmod libclang1 libelf-dev
	libssl-dev "$OLD_SOURCE" lld llvm make openssl python3-minimal rust-src rustc xz-utils)

# What no module build reads and no configured file includes; all Kconfig files stay.
OLD_UNUSED=('Documentation/*/*' 'tools/testing' 'tools/perf' 'arch/*/boot/dts'
	'drivers/gpu/*.[ch]' 'drivers/net/*/*.[ch]' 'drivers/media/*.[ch]'
	'drivers/staging/*.[ch]' 'sound/*.[ch]')

make_old_tree()
{
	local work=$1
	local -a include=("${OLD_PACKAGES[@]/#/--include=}")

	shift
	include+=(--suite "$OLD_SUITE" --no-kernel)
	"$@" create old "${include[@]}" || {
		say 'made for something else; anew'
		"$@" remove old
		"$@" create old "${include[@]}"
	} || return
	OLD_ROOT=$work/data/rkmod/roots/old/tree
	chmod a+x "${OLD_ROOT%/tree}"
}

# in_old COMMAND...: in the tree, with /usr/src writable
in_old()
{
	bwrap --tmpfs / --ro-bind "$OLD_ROOT/usr" /usr --ro-bind "$OLD_ROOT/etc" /etc \
		--bind "$OLD_ROOT/usr/src" /usr/src --symlink usr/bin /bin \
		--symlink usr/lib /lib --symlink usr/lib64 /lib64 --dev /dev --proc /proc \
		--tmpfs /tmp --unshare-pid --unshare-net --die-with-parent --clearenv \
		--setenv PATH /usr/bin:/usr/sbin --setenv LC_ALL C --setenv HOME /tmp "$@"
}

# What the kernel is made of.
old_key()
{
	{
		cat tests/old/config "$OLD_ROOT/usr/src/$OLD_SOURCE.tar.xz"
		stat -L -c '%s %Y' "$OLD_ROOT"/usr/bin/{rustc,clang,bindgen}
		printf '%s\n' "${OLD_UNUSED[@]}"
	} | sha256sum | cut -c 1-16
}

old_make()
{
	# shellcheck disable=SC2016 # the shell inside expands it
	in_old sh -c 'export LIBCLANG_PATH=$(echo /usr/lib/llvm-*/lib); exec "$@"' make \
		nice -n 5 make -s -C "/usr/src/$1" LLVM=1 ARCH=x86_64 \
		KBUILD_BUILD_TIMESTAMP=@0 KBUILD_BUILD_USER=rkmod KBUILD_BUILD_HOST=tests "${@:2}"
}

# unpack_old FOLDER
unpack_old()
{
	mkdir "$1" && xz -dc "$OLD_ROOT/usr/src/$OLD_SOURCE.tar.xz" |
		tar -x -C "$1" --strip-components=1 --no-same-owner \
			"${OLD_UNUSED[@]/#/--exclude=$OLD_SOURCE/}"
}

# configure_old FOLDER: tinyconfig and tests/old/config; what got lost is an error
configure_old()
{
	local dir=$OLD_ROOT/usr/src/$1 line lost=0

	cat "$dir/kernel/configs/tiny-base.config" "$dir/kernel/configs/tiny.config" \
		tests/old/config >"$dir/rkmod.config"
	old_make "$1" KCONFIG_ALLCONFIG=rkmod.config allnoconfig || return
	while read -r line; do
		grep -qxF "$line" "$dir/.config" && continue
		echo "tests/old/config: '$line' is not in the result" >&2
		lost=1
	done < <(grep '^CONFIG_' tests/old/config)
	return "$lost"
}

# make_old_kernel: finished when its key lies beside it
make_old_kernel()
{
	local src=$OLD_ROOT/usr/src key dir

	key=$(old_key)
	[ "$(cat "$src/old.key" 2>/dev/null)" != "$key" ] || return 0
	chmod u+w "$src"/linux-headers-* 2>/dev/null
	rm -rf "$src"/linux-headers-* "$src/new" "$src/old.key"
	unpack_old "$src/new" && dir=linux-headers-$(old_make new kernelversion) || return
	# It is built where it stays: its files name the place.
	mv "$src/new" "$src/$dir" && configure_old "$dir" || return
	if ! old_make "$dir" -j"$(nproc)" bzImage modules >"$src/old.log" 2>&1; then
		tail -30 "$src/old.log" >&2
		return 1
	fi
	# The tests show what becomes of somebody else's KDIR: if it is one's own, the mode
	# has to forbid what the owner's uid does.
	[ "$(id -u)" = 0 ] || chmod u-w "$src/$dir"
	echo "$key" >"$src/old.key"
}
