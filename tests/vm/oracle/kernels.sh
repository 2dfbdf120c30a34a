# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A small kernel from the tree's own linux-source, with what no distribution has together:
# Rust, CRCs of both forms, signatures by a key that the tests have, no forced loading. To
# be sourced after tests/lib.sh and bases.sh. Takes 5 minutes and 3 GB, once.

SMALL_CONFIG=(64BIT MODULES MODULE_UNLOAD PRINTK TTY SERIAL_8250 SERIAL_8250_CONSOLE
	BLK_DEV_INITRD BINFMT_ELF BINFMT_SCRIPT PROC_FS SYSFS DEVTMPFS RUST SMP KALLSYMS
	MULTIUSER FUTEX EPOLL SIGNALFD POSIX_TIMERS ACPI PCI SHMEM TMPFS SYNC_FILE
	DEBUG_KERNEL DEBUG_INFO_DWARF5 MODVERSIONS GENDWARFKSYMS EXTENDED_MODVERSIONS
	BASIC_MODVERSIONS MODULE_SIG MODULE_COMPRESS MODULE_COMPRESS_XZ MODULE_DECOMPRESS)

# What the kernel is made of: a kernel that was made of the same is not made again.
small_key()
{
	{
		sha256sum "$ROOT"/usr/src/linux-source-*.tar.xz | cut -d ' ' -f 1
		printf '%s\n' "${SMALL_CONFIG[@]}"
		stat -L -c '%s %Y' "$ROOT/usr/bin/rustc" "$ROOT/usr/bin/gcc"
	} | sha256sum | cut -c 1-16
}

# In the tree, which has the compilers; LIBCLANG_PATH is for bindgen.
small_make()
{
	in_tree "$1" env LIBCLANG_PATH="$(in_tree "$1" sh -c 'echo /usr/lib/llvm-*/lib')" \
		make -s -C "$1" KBUILD_BUILD_TIMESTAMP=@0 "${@:2}"
}

configure_small()
{
	local option
	local -a args=()

	for option in "${SMALL_CONFIG[@]}"; do
		args+=(-e "$option")
	done
	small_make "$1" tinyconfig &&
		in_tree "$1" ./scripts/config --file "$1/.config" "${args[@]}" \
			-d MODULE_FORCE_LOAD -d MODULE_SIG_ALL &&
		small_make "$1" olddefconfig || return 1
	for option in "${SMALL_CONFIG[@]}"; do
		grep -q "^CONFIG_$option=y" "$1/.config" ||
			echo "# the small kernel has no CONFIG_$option"
	done
}

# make_small_kernel FOLDER: sets SMALL to a finished KDIR in it
make_small_kernel()
{
	SMALL=$1/small-$(small_key)
	[ ! -e "$SMALL/finished" ] || return 0
	rm -rf "$SMALL"
	mkdir -p "$SMALL" &&
		tar -C "$SMALL" --strip-components=1 -xf "$ROOT"/usr/src/linux-source-*.tar.xz &&
		give "$SMALL" && configure_small "$SMALL" &&
		small_make "$SMALL" -j"$(nproc)" bzImage modules && as_user touch "$SMALL/finished"
}
