#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The real rkmod load on a real kernel. Which script of tests/vm/load runs on which
# kernel, and how that is booted:
#
#   script      kernel parameters           stock 7.x of the tree
#   plain.sh    module_blacklist=ld_chatty  yes
#   signed.sh   module.sig_enforce=1        yes
#   locked.sh   lockdown=integrity          yes
#   killed.sh                               yes
#   hostile.sh  printk.devkmsg=on           yes, and ends with an oops
#   figures.sh                              only when it is named
#
# usage: load.sh [SCRIPT]
# From the environment: RKMOD_READ_TWICE, RKMOD_LOAD_HELPER (programs of the build).
. "$(dirname "$0")/../lib.sh"
begin

loop=kernel/drivers/block/loop.ko.xz

build_modules()
{
	cp -r "$TOP/tests/vm/load" "$T/c"
	give "$T/c"
	make_sample hello "$T/hello"
	{
		in_tree "$T/c" make -s -C "$KDIR" M="$T/c" modules &&
			rkmod build --root "$ROOT" "$T/hello"
	} >"$T/build.log" 2>&1 || {
		echo 'Bail out! the modules could not be built'
		diag "$T/build.log"
		exit 2
	}
	mkdir "$T/ko"
	cp "$T/c"/*.ko "$T/hello/hello.ko" "$T/ko"
	strip --strip-debug -o "$T/ko/small.ko" "$T/c/ld_base.ko"
}

# The kernel's decoder takes no CRC64; rkmod's does.
compress()
{
	xz -k -c --check=crc32 "$T/ko/hello.ko" >"$T/ko/crc32.ko.xz"
	xz -k -c --check=crc64 "$T/ko/hello.ko" >"$T/ko/crc64.ko.xz"
	zstd -q -c "$T/ko/hello.ko" >"$T/ko/one.ko.zst"
}

# One signed by a key that the kernel does not know, as the kernel's own tool would.
sign()
{
	local sign_file

	sign_file=$(readlink -f "$ROOT$KDIR/scripts")/sign-file
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=nobody -keyout "$T/key.pem" \
		-out "$T/cert.pem" >"$T/build.log" 2>&1
	cp "$T/ko/ld_base.ko" "$T/ko/foreign.ko"
	cp "$T/ko/ld_base.ko" "$T/theirs.ko"
	give "$T"
	expect 0 'rkmod sign signs' rkmod sign "$T/ko/foreign.ko" --key "$T/key.pem" --cert "$T/cert.pem"
	in_tree "$T" "${sign_file#"$ROOT"}" sha256 "$T/key.pem" "$T/cert.pem" "$T/theirs.ko"
	cmp "$T/ko/foreign.ko" "$T/theirs.ko"
	result $? "byte by byte as the kernel's sign-file"
}

# follows SCRIPT 'SCHEMA JSON': what --format json printed
follows()
{
	printf '%s\n' "${2#* }" >"$T/json"
	"$TOP/tests/validate.py" "$TOP/cmd/schema/${2%% *}.json" "$T/json" >"$T/why"
	result $? "$1: ${2%% *} follows its schema" || diag "$T/why" "$T/json"
}

# guest SCRIPT KERNEL-PARAMETERS: one boot; its results as TAP
guest()
{
	local script=$1.sh line ended=1

	[ "$wanted" = "$1" ] || { [ "$wanted" = all ] && [ "$1" != figures ]; } || return 0
	cat "$TOP/tests/vm/load/guest.sh" "$TOP/tests/vm/load/$script" >"$T/script"
	echo 'echo "@end"' >>"$T/script"
	give "$T/ko" "$T/script"
	rkmod vm --root "$ROOT" --format json --timeout 1200 --with-rkmod --append "$2" \
		--exec "$T/script" \
		--file "$ROOT/usr/lib/modules/$RELEASE/$loop=/lib/modules/$RELEASE/$loop" \
		--file "$RKMOD_READ_TWICE=/usr/bin/rkmod-read-twice" \
		--file "$RKMOD_LOAD_HELPER=/usr/bin/helper" "$T/ko"/* >"$T/stdout" 2>"$T/stderr"
	while IFS= read -r line; do
		case $line in
		'@ok '*) result 0 "$script: ${line#@ok }" ;;
		'@not '*) result 1 "$script: ${line#@not }" ;;
		'@json '*) follows "$script" "${line#@json }" ;;
		'@end') ended=0 ;;
		'#'*) echo "$line" ;;
		esac
	done < <(json script_output)
	result $ended "$script: came to its end" || diag "$T/stderr" <(tail -c 2000 "$T/stdout")
}

wanted=${1:-all}
cp "$RKMOD_READ_TWICE" "$T/read-twice"
RKMOD_READ_TWICE=$T/read-twice
cp "$RKMOD_LOAD_HELPER" "$T/helper"
RKMOD_LOAD_HELPER=$T/helper
build_modules
compress
sign
guest plain module_blacklist=ld_chatty
guest signed module.sig_enforce=1
guest locked lockdown=integrity
guest killed quiet
guest hostile printk.devkmsg=on
guest figures quiet
finish
