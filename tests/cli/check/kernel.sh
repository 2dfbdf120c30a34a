# SPDX-License-Identifier: GPL-2.0-or-later
# A tree with the kernel that tests/fixtures/module.S is made for.
. "$CASE_DIR/../kernels/tree.sh"

kernel() {
	kdir 7.2.0-test CONFIG_X86_64=y CONFIG_64BIT=y CONFIG_MODULES=y CONFIG_SMP=y \
		CONFIG_MODULE_UNLOAD=y CONFIG_MODULE_SIG=y CONFIG_PREEMPT_BUILD=y \
		CONFIG_STRICT_MODULE_RWX=y
	mkdir -p "$dir/include/linux"
	cp "$RKMOD_FIXTURES/vmlinux" "$dir"
	echo __kflagstab >"$dir/include/linux/export-internal.h"
	echo '_FOR_MODULES(' >"$dir/include/linux/export.h"
	export_symbol _printk vmlinux EXPORT_SYMBOL
	export_symbol gpl_thing vmlinux EXPORT_SYMBOL_GPL
	export_symbol ns_thing vmlinux EXPORT_SYMBOL THINGS
	export_symbol mine_thing vmlinux EXPORT_SYMBOL_GPL module:other
	export_symbol far_thing drivers/far EXPORT_SYMBOL
}

# older_headers: of 6.12, whose loader checks less
older_headers() {
	printf '%s\n' 'enum mod_mem_type' 'MODULE_INFO(import_ns, __stringify(ns))' \
		>"$dir/include/linux/module.h"
	echo '_GPL_FOR_MODULES(' >"$dir/include/linux/export.h"
	echo kernel-module >"$dir/include/linux/kernel_read_file.h"
}

# option LINE...: into its configuration
option() {
	printf '%s\n' "$@" >>"$dir/.config"
}

# image: with the certificate by which signed.ko is signed
image() {
	mkdir tree/boot
	cp "$RKMOD_FIXTURES/signer.image" tree/boot/vmlinuz-7.2.0-test
}

# export_symbol NAME OWNER KIND [NAMESPACE]
export_symbol() {
	printf '0x00000000\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "${4-}" >>"$dir/Module.symvers"
}

# take NAME...: modules of tests/fixtures
take() {
	for name; do
		cp "$RKMOD_FIXTURES/$name" .
	done
}

check() {
	rkmod check --root ./tree "$@"
}
