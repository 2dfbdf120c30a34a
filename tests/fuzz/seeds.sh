#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Inputs to begin with, from the fixtures of the build: a folder for each fuzz target.
#
# usage: seeds.sh FIXTURES OUT STAMP
set -eu -o pipefail
fixtures=$1 out=$2 stamp=$3

# section FILE NAME
section()
{
	objcopy -O binary --only-section="$2" --set-section-flags "$2=alloc" "$1" "$out/section"
	cat "$out/section"
}

# sized FILE: behind its size, as the target btf reads it
sized()
{
	# shellcheck disable=SC2059 # the format is the bytes
	printf "$(printf '%08x' "$(stat -c %s "$1")" | sed 's/\(..\)\(..\)\(..\)\(..\)/\\x\4\\x\3\\x\2\\x\1/')"
	cat "$1"
}

# choose FILE BYTE ARCH: for another kernel of the target module
choose()
{
	cp "$1" "$out/module/${1##*/}-$2-$3"
	# shellcheck disable=SC2059
	printf "\\x$2\\x$3" | dd of="$out/module/${1##*/}-$2-$3" bs=1 seek=9 conv=notrunc status=none
}

rm -rf "$out"
mkdir -p "$out"/{btf,guest,kconfig,metadata,modinfo,module,pkcs7,recognise,settings,symvers}
cp "$fixtures"/*.ko "$out/module"
for file in "$fixtures"/*.ko; do
	section "$file" .modinfo >"$out/modinfo/${file##*/}"
	cp "$file" "$out/modinfo/whole-${file##*/}"
	choose "$file" 01 00
	choose "$file" 0b 00
	choose "$file" 80 00
done
# Another machine, the old loader, digests, signatures enforced, packed.
for file in plain exports extended versions signed types livepatch params; do
	for byte in 11 41 05 49 21; do
		choose "$fixtures/$file.ko" "$byte" 00
	done
	choose "$fixtures/$file.ko" 01 01
	choose "$fixtures/$file.ko" 01 02
done

section "$fixtures/vmlinux" .BTF >"$out/kernel"
section "$fixtures/types.ko" .BTF.base >"$out/base"
section "$fixtures/types.ko" .BTF >"$out/types"
{
	sized "$out/kernel"
	sized "$out/base"
	sized "$out/types"
} >"$out/btf/trio"
{
	sized "$out/base"
	sized "$out/kernel"
	sized "$out/types"
} >"$out/btf/other"

cp "$fixtures/signed.ko" "$fixtures/signer.image" "$out/pkcs7"
tail -c +"$(($(stat -c %s "$fixtures/plain.ko") + 1))" "$fixtures/signed.ko" >"$out/pkcs7/end"
head -c -40 "$out/pkcs7/end" >"$out/pkcs7/message"

cat >"$out/symvers/basic" <<END
0x11111111	module_layout	vmlinux	EXPORT_SYMBOL	
0x00000000	ns_thing	drivers/far	EXPORT_SYMBOL_GPL	module:a,b*
0xffffffff	_RNvNtCs2lKf6AS60Zg_4core9panicking5panic	vmlinux	EXPORT_SYMBOL_GPL	
END
cat >"$out/kconfig/basic" <<END
#
# Linux/x86 7.2.0 Kernel Configuration
#
CONFIG_CC_VERSION_TEXT="gcc (Debian 14.2.0-19) 14.2.0 \"quoted\" \\\\"
CONFIG_RUSTC_VERSION=108501
# CONFIG_MODVERSIONS is not set
CONFIG_PHYSICAL_START=0x1000000
CONFIG_MODULES=y
CONFIG_EXT4_FS=m
END
cat >"$out/settings/basic" <<END
{ "kernel": "7.2.0-test", "root": "trees/a", "rustc": "rustc-1.85",
  "llvm": false, "prepare": true, "source": "/usr/src/\u006cinux" }
END
printf 'rust\0\0\0\012\0\0\0\0\0\0\0\0\x28rustc 1.85.1 (4eb161250 2025-03-15) (deb\xc1' \
	>"$out/metadata/rmeta"
cat >"$out/metadata/record" <<END
rkmod-set 1
key 0123456789abcdef
rustc rustc 1.85.1 (4eb161250 2025-03-15)
exports 2296
file $(sha256sum </dev/null | cut -c -64) 0 1763660000000000000 77 rust/libcore.rmeta
END
cat >"$out/metadata/label" <<END
rkmod-label 1
release 7.2.11
package linux-headers-7.2.11
version 7.2.11-1
headers $(sha256sum </dev/null | cut -c -64)
END
cat >"$out/metadata/log" <<END
  HOSTCC  scripts/basic/fixdep
  RUSTC L rust/core.o
/bin/sh: 1: flex: not found
make[1]: bison: No such file or directory
error: could not compile
      cmd_rustc_library = \$(RUSTC_OR_CLIPPY) --extern core --extern kernel @\$(objtree)/x
END
cat >"$out/guest/lines" <<END
rkmod1 nonce 0 hello Linux version 7.2.0
rkmod1 nonce 1 kmsg 6,339,5140900,-;hello: \\xe2\\x80\\x9cloaded
rkmod1 nonce 2 end job=0 how=done errno=0 unload=0 value=0 ms=12 taint=4096 name=hello
job=1 how=killed errno=2 value=9 ms=1 taint=128
6,339,5140900,-,caller=T1;hello: loaded
[    1.234567] Oops: general protection fault
END
cp "$(dirname "$0")"/../cli/explain/texts/*.txt "$out/recognise"
rm "$out"/{section,kernel,base,types}
: >"$stamp"
