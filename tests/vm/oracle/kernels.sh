# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A small kernel from the tree's own linux-source, with what no distribution has together:
# Rust, CRCs of both forms, signatures by a key that the tests have, lockdown, no forced
# loading. It boots in a second or two and has what a static C program and rkmod need. To
# be sourced after tests/lib.sh and bases.sh:
#
#   make_small_kernel "$RKMOD_TEST_KEEP/kernels"
#
# makes it once (see small_key()) and sets
#   SMALL          KDIR: the source tree that it was built in, for the ordinary user; in the
#                  tree it is seen at the same path: in_tree() binds what is in TREE_BINDS
#   SMALL_IMAGE    for qemu -kernel; it trusts
#   SMALL_KEY      this key: private half and certificate (PEM), and SMALL_CERT the
#                  certificate alone (DER)
# It has one module, samples/rust/rust_minimal.ko, not signed. The sources of what it has
# no use for (most drivers, other architectures, sound) are not unpacked.

# All else is off: MODULE_FORCE_LOAD, and what would only make the build longer.
SMALL_CONFIG=(
	# A machine, a console, programs.
	64BIT SMP PRINTK TTY SERIAL_8250 SERIAL_8250_CONSOLE BLK_DEV_INITRD BINFMT_ELF
	BINFMT_SCRIPT MULTIUSER PROC_FS PROC_SYSCTL RD_GZIP SYSFS DEVTMPFS SHMEM TMPFS
	CC_OPTIMIZE_FOR_SIZE EXPERT KERNEL_GZIP PROCESSOR_SELECT SLUB_TINY UNWINDER_GUESS
	# What programs call.
	ADVISE_SYSCALLS AIO EPOLL EVENTFD FILE_LOCKING FUTEX MEMFD_CREATE NET POSIX_TIMERS
	SIGNALFD TIMERFD UNIX
	# Modules.
	BASIC_MODVERSIONS DEBUG_INFO_DWARF5 DEBUG_KERNEL EXTENDED_MODVERSIONS GENDWARFKSYMS
	KALLSYMS KALLSYMS_ALL MODULES MODULE_COMPRESS MODULE_COMPRESS_XZ MODULE_DECOMPRESS
	MODULE_SIG MODULE_SIG_SHA256 MODULE_UNLOAD MODVERSIONS RUST SECURITY SECURITYFS
	SECURITY_LOCKDOWN_LSM
	# A namespace with symbols (DMA_BUF), a module.
	SAMPLES SAMPLES_RUST SYNC_FILE
)
SMALL_LEFT_OUT=(drivers/accel drivers/gpu drivers/infiniband drivers/media drivers/net/ethernet
	drivers/net/wireless drivers/scsi drivers/staging sound tools/testing)

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
	in_tree "$SMALL" env LIBCLANG_PATH="$SMALL_LIBCLANG" nice -n 5 make -s -C "$SMALL" \
		KBUILD_BUILD_TIMESTAMP=@0 KBUILD_BUILD_USER=rkmod KBUILD_BUILD_HOST=tests "$@"
}

unpack_small()
{
	local folder
	local -a args=(--exclude='*/Documentation/*.rst' --exclude='*/arch/*/*.dts*')

	for folder in "${SMALL_LEFT_OUT[@]}"; do
		args+=(--exclude="linux-source-*/$folder/*.[chS]")
	done
	for folder in alpha arc arm arm64 loongarch m68k mips parisc powerpc riscv s390 sh sparc; do
		args+=(--exclude="linux-source-*/arch/$folder/*.[chS]")
	done
	as_user tar -C "$SMALL" --strip-components=1 "${args[@]}" \
		-xf "$ROOT"/usr/src/linux-source-*.tar.xz
}

# Of another name than Kbuild's own, which it would make itself, with the tree's openssl.
make_small_key()
{
	local key=$SMALL/certs/tests

	openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 36500 -subj '/CN=tests of rkmod' \
		-addext basicConstraints=critical,CA:FALSE -addext keyUsage=digitalSignature \
		-addext subjectKeyIdentifier=hash -addext authorityKeyIdentifier=keyid \
		-keyout "$key.key" -out "$key.crt" 2>/dev/null &&
		cat "$key.key" "$key.crt" >"$key.pem" && give "$key.pem"
}

# In one pass: each starts hundreds of compilers.
configure_small()
{
	local option
	local wanted=$SMALL/tests.config

	{
		printf 'CONFIG_%s=y\n' "${SMALL_CONFIG[@]}"
		echo 'CONFIG_MODULE_SIG_KEY="certs/tests.pem"'
		echo 'CONFIG_SAMPLE_RUST_MINIMAL=m'
	} | as_user tee "$wanted" >"$T/wanted" && small_make KCONFIG_ALLCONFIG="$wanted" \
		allnoconfig || return 1
	for option in "${SMALL_CONFIG[@]}"; do
		grep -q "^CONFIG_$option=y" "$SMALL/.config" || {
			echo "CONFIG_$option cannot be had"
			return 1
		}
	done
}

build_small()
{
	rm -rf "$SMALL"
	as_user mkdir -p "$SMALL" && unpack_small && make_small_key && configure_small &&
		small_make -j"$(nproc)" bzImage modules && as_user touch "$SMALL/finished"
}

# shellcheck disable=SC2034 # set for those who source this
# make_small_kernel FOLDER: one at a time, others wait for it
make_small_kernel()
{
	local folder=$1 lock

	SMALL=$folder/small-$(small_key)
	SMALL_IMAGE=$SMALL/arch/x86/boot/bzImage
	SMALL_KEY=$SMALL/certs/tests.pem
	SMALL_CERT=$SMALL/certs/signing_key.x509
	SMALL_LIBCLANG=$(in_tree "$T" sh -c 'echo /usr/lib/llvm-*/lib')
	[ -d "$folder" ] || { mkdir -p "$folder" && give "$folder"; } || return 1
	exec {lock}>"$folder/lock" && flock "$lock" || return 1
	[ -e "$SMALL/finished" ] || build_small >"$T/kernel.log" 2>&1 || {
		diag "$T/kernel.log" | tail -n 40
		return 1
	}
	exec {lock}>&-
}
