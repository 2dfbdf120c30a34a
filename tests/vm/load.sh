#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The real rkmod load on a real kernel. Which scripts of tests/vm/load are run in one
# guest, and on which kernels:
#
#   scripts               kernel parameters           stock 7.x  small  6.1
#   plain named never     module_blacklist=ld_chatty  yes        yes    yes, "named" on
#                                                                       stock alone
#   signed                module.sig_enforce=1        yes        yes    yes
#   locked                lockdown=integrity          yes        yes    yes
#   versions              none                        no CRCs    yes    no CRCs
#   killed                none                        yes        no     no
#   hostile (it oopses)   printk.devkmsg=on           yes        no     no
#   figures               none                        only when it is named
#
# The stock kernel is the tree's. 6.1 is that of tests/old, whose guest.sh runs this. The
# small one (oracle/kernels.sh) takes minutes to make: tests/run.sh makes it before.
#
# usage: load.sh [SCRIPT]
# From the environment: RKMOD_READ_TWICE, RKMOD_LOAD_HELPER (programs of the build);
# RKMOD_LOAD_KERNEL: "small", "old" or nothing.
. "$(dirname "$0")/../lib.sh"
begin
. "$TOP/tests/vm/oracle/bases.sh"
. "$TOP/tests/vm/oracle/kernels.sh"

loop=kernel/drivers/block/loop.ko.xz
soft=kernel/lib/lru_cache.ko.xz

# A whole source tree has too many files for their contents.
use_tree_hash()
{
	kdir_hash()
	{
		find "${SMALL:-$ROOT$KDIR}" -printf '%p %y %m %s %T@ %C@ %l\n' | sort | sha256sum
	}
	hash_before=$(kdir_hash)
}

use_small()
{
	local made

	[ -n "${RKMOD_TEST_KEEP:-}" ] || skip_all 'RKMOD_TEST_KEEP is not set'
	made=$RKMOD_TEST_KEEP/kernels/small-$(small_key)
	[ -e "$made/finished" ] || skip_all 'the small kernel is not there'
	make_small_kernel "$RKMOD_TEST_KEEP/kernels" || {
		echo 'Bail out! the small kernel could not be built'
		exit 2
	}
	KDIR=$SMALL
	use_tree_hash
	TREE_BINDS=(--ro-bind "$SMALL" "$SMALL")
	target=(--kdir "$SMALL")
	key=$SMALL_KEY cert=$SMALL_CERT
}

# use_kernel: sets what the kernels differ in. $right is what to load, $right_name its name:
# a module that is signed by a key that the kernel trusts; $key and $cert are that key, if
# it can be had
use_kernel()
{
	local file

	target=(--root "$ROOT")
	files=()
	right=./right.ko right_name=ld_base
	case ${RKMOD_LOAD_KERNEL:-} in
	small) use_small ;;
	old)
		use_tree_hash
		# uid 0 alone may read the key.
		key=$T/kernel.pem cert=$KDIR/certs/signing_key.x509
		cp "$ROOT$KDIR/certs/signing_key.pem" "$key"
		give "$key"
		;;
	*)
		right=loop right_name=loop
		for file in "$loop" "$soft"; do
			files+=(--file "$ROOT/usr/lib/modules/$RELEASE/$file=/lib/modules/$RELEASE/$file")
		done
		;;
	esac
}

# The texts of module! had another form.
make_hello()
{
	make_sample hello "$1"
	[ -z "${LITERAL:-}" ] || sed -i 's/authors: \["\(.*\)"\]/author: "\1"/
		s/^\(    [a-z]*\): "/\1: b"/' "$1/hello.rs"
}

build_modules()
{
	local -a llvm=()

	! has_config CC_IS_CLANG || llvm=(LLVM=1)
	cp -r "$TOP/tests/vm/load" "$T/c"
	give "$T/c"
	make_hello "$T/hello"
	{
		in_tree "$T/c" make -s -C "$KDIR" M="$T/c" "${llvm[@]}" modules &&
			if [ -n "${SMALL:-}" ]; then
				in_tree "$T/hello" make -s -C "$KDIR" M="$T/hello" modules
			else
				rkmod build --root "$ROOT" "$T/hello"
			fi
	} >"$T/build.log" 2>&1 || {
		echo 'Bail out! the modules could not be built'
		diag "$T/build.log"
		exit 2
	}
	mkdir "$T/ko"
	cp "$T/c"/*.ko "$T/hello/hello.ko" "$T/ko"
	strip --strip-debug -o "$T/ko/small.ko" "$T/c/ld_base.ko"
}

# second.ko is hello.ko with another build-id.
make_second()
{
	python3 - "$T/ko/hello.ko" "$T/ko/second.ko" <<'EOF'
import sys

source, target = sys.argv[1:]
data = bytearray(open(source, "rb").read())
head = bytes([4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0]) + b"GNU\0"
assert data.count(head) == 1
data[data.index(head) + len(head)] ^= 1
open(target, "wb").write(data)
EOF
}

# fault.ko: the loader would write to what it has made read-only.
make_fault()
{
	python3 - "$T/ko/ld_base.ko" "$T/ko/fault.ko" <<'EOF'
import struct, sys

source, target = sys.argv[1:]
data = bytearray(open(source, "rb").read())
shoff, = struct.unpack_from("<Q", data, 40)
shnum, shstrndx = struct.unpack_from("<HH", data, 60)
names, = struct.unpack_from("<Q", data, shoff + 64 * shstrndx + 24)
for header in range(shoff, shoff + 64 * shnum, 64):
    name, = struct.unpack_from("<I", data, header)
    if data[names + name:].startswith(b".gnu.linkonce.this_module\0"):
        struct.pack_into("<Q", data, header + 8, 2)  # SHF_ALLOC
open(target, "wb").write(data)
EOF
}

# The kernel's decoder takes no CRC64; rkmod's does.
compress()
{
	xz -k -c --check=crc32 "$T/ko/hello.ko" >"$T/ko/crc32.ko.xz"
	xz -k -c --check=crc64 "$T/ko/hello.ko" >"$T/ko/crc64.ko.xz"
	zstd -q -c "$T/ko/hello.ko" >"$T/ko/one.ko.zst"
}

# sign_file HASH PATH-OF-KEY PATH-OF-CERTIFICATE FILE: by the kernel's own tool
sign_file()
{
	local scripts

	if [ -n "${RKMOD_LOAD_KERNEL:-}" ]; then
		scripts=$KDIR/scripts
	else
		scripts=$(readlink -f "$ROOT$KDIR/scripts")
		scripts=${scripts#"$ROOT"}
	fi
	in_tree "$T" "$scripts/sign-file" "$@"
}

# right.ko is what the kernel's own key has signed, wrong.ko was changed after that.
make_right()
{
	if [ "$right_name" = loop ]; then
		xz -dc "$ROOT/usr/lib/modules/$RELEASE/$loop" >"$T/ko/right.ko"
	else
		cp "$T/c/ld_base.ko" "$T/right.ko"
		give "$T/right.ko"
		# The one hash that it is sure to know.
		sign_file "$(sed -n 's/^CONFIG_MODULE_SIG_HASH="\(.*\)"/\1/p' \
			"${SMALL:-$ROOT$KDIR}/.config")" "$key" "$cert" "$T/right.ko"
		mv "$T/right.ko" "$T/ko"
	fi
	sed 's/Maximum number of part/Minimum number of part/; s/needed by ld_mid/needed by ld_top/' \
		"$T/ko/right.ko" >"$T/ko/wrong.ko"
}

# One signed by a key that the kernel does not know, as the kernel's own tool would.
sign()
{
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=nobody -keyout "$T/key.pem" \
		-out "$T/cert.pem" >"$T/build.log" 2>&1
	cp "$T/ko/ld_base.ko" "$T/ko/foreign.ko"
	cp "$T/ko/ld_base.ko" "$T/theirs.ko"
	give "$T"
	expect 0 'rkmod sign signs' rkmod sign "$T/ko/foreign.ko" --key "$T/key.pem" --cert "$T/cert.pem"
	sign_file sha256 "$T/key.pem" "$T/cert.pem" "$T/theirs.ko"
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

# wrong_crc FROM TO SYMBOL: in both forms of versions
wrong_crc()
{
	python3 - "$@" <<'EOF'
import struct, sys

source, target, symbol = sys.argv[1:]
data = bytearray(open(source, "rb").read())
shoff, = struct.unpack_from("<Q", data, 40)
shnum, shstrndx = struct.unpack_from("<HH", data, 60)
headers = [struct.unpack_from("<IIQQQQIIQQ", data, shoff + 64 * i) for i in range(shnum)]
def text(at):
    return bytes(data[at:data.index(0, at)]).decode()
places = {text(headers[shstrndx][4] + h[0]): (h[4], h[5]) for h in headers}
at, size = places["__versions"]
for i in range(at, at + size, 64):
    if text(i + 8) == symbol:
        data[i] ^= 1
at, size = places["__version_ext_names"]
names = bytes(data[at:at + size]).rstrip(b"\0").split(b"\0")
data[places["__version_ext_crcs"][0] + 4 * names.index(symbol.encode())] ^= 1
open(target, "wb").write(data)
EOF
}

make_versions()
{
	wrong_crc "$T/ko/hello.ko" "$T/ko/crc.ko" _printk 2>/dev/null ||
		wrong_crc "$T/ko/hello.ko" "$T/ko/crc.ko" "$(nm -u "$T/ko/hello.ko" |
			sed -n 's/.* U //p' | grep _R | head -n 1)"
	wrong_crc "$T/ko/ld_base.ko" "$T/ko/layout.ko" module_layout
	sed 's/__versions/__vErsions/g; s/__version_ext/__vErsion_ext/g' "$T/ko/ld_base.ko" \
		>"$T/ko/none.ko"
}

# guest 'SCRIPT...' KERNEL-PARAMETERS: one boot; its results as TAP
guest()
{
	local script=${1%% *}.sh line name ended=1

	[ "$wanted" = "${1%% *}" ] || { [ "$wanted" = all ] && [ "$1" != figures ]; } || return 0
	{
		cat "$TOP/tests/vm/load/guest.sh"
		echo "right=$right right_name=$right_name is_old=${LITERAL:+yes}"
		for name in $1; do
			cat "$TOP/tests/vm/load/$name.sh"
		done
		echo 'predicted; echo "@end"'
	} >"$T/script"
	give "$T/ko" "$T/script"
	rkmod vm "${target[@]}" --format json --timeout 1200 --with-rkmod --append "$2" \
		--exec "$T/script" "${files[@]}" \
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
use_kernel
build_modules
make_second
make_fault
compress
make_right
sign
if [ -z "${RKMOD_LOAD_KERNEL:-}" ]; then
	guest 'plain named never' module_blacklist=ld_chatty
	guest killed quiet
	guest hostile printk.devkmsg=on
else
	guest 'plain never' module_blacklist=ld_chatty
fi
guest signed module.sig_enforce=1
guest locked lockdown=integrity
if has_config MODVERSIONS; then
	make_versions
	guest versions quiet
fi
guest figures quiet
finish
