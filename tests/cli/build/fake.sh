# SPDX-License-Identifier: GPL-2.0-or-later
# Headers of a gcc or, with compiler=clang, a clang kernel, its rustc in PATH, a module.
mkdir -p kdir/include/config kdir/rust kdir/scripts m bin
[ "${compiler:-gcc}" = gcc ] || printf 'CONFIG_%s\n' CC_IS_CLANG=y LD_IS_LLD=y >kdir/.config
printf '%s\n' CONFIG_RUST=y CONFIG_CLANG_VERSION=990107 "CONFIG_CC_VERSION_TEXT=\"${compiler:-gcc}-99\"" \
	'CONFIG_RUSTC_VERSION_TEXT="rustc 1.85.1 (4eb161250 2025-03-15) (built from a source tarball)"' >>kdir/.config
cp kdir/.config kdir/include/config/auto.conf
echo 7.2.0 >kdir/include/config/kernel.release
printf 'VERSION = 7\nPATCHLEVEL = 2\nSUBLEVEL = 0\n' >kdir/Makefile
echo 'obj-m := x.o' >m/Kbuild
printf '#!/bin/sh\necho "rustc 1.85.1 (4eb161250 2025-03-15) (built from a source tarball)"\n' >bin/rustc
chmod +x bin/rustc
PATH=$PWD/bin:$PATH
