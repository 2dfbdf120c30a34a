#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the kernel logs when it refuses a module, and insmod says of it, is explained.
. "$(dirname "$0")/../lib.sh"
begin

# guest FILE: loads it in the guest; its log is in $T/log
guest()
{
	rkmod vm --root "$ROOT" --format json "$1" >"$T/stdout" 2>"$T/stderr"
	json log >"$T/log"
}

explain_log()
{
	rkmod explain - <"$T/log"
}

# damaged NAME FROM TO: hello with other bytes, of the same length
damaged()
{
	LC_ALL=C sed "s/$2/$3/g" "$T/hello/hello.ko" >"$T/$1.ko"
	give "$T/$1.ko"
	cmp -s "$T/$1.ko" "$T/hello/hello.ko" && echo "Bail out! $1 is not damaged"
	guest "$T/$1.ko"
	expect 0 "$1: the kernel's log is known" explain_log
}

make_sample hello "$T/hello"
expect 0 'hello: builds' rkmod build --root "$ROOT" "$T/hello"

guest "$T/hello/hello.ko"
expect 0 'a module that was loaded: its log is known' explain_log
stdout_has 'the taint is harmless' 'harmless: the kernel notes'
stdout_has 'the missing signature is harmless' 'harmless where signatures are not enforced'
! grep -q '^error' "$T/stdout"
result $? 'nothing is an error' || diag "$T/stdout"

damaged magic "vermagic=$RELEASE" "vermagic=${RELEASE/./_}"
stdout_has 'version magic: by its code' '[vermagic]'
stdout_has 'version magic: both are named' "built for '${RELEASE/./_} "

# What a person sees is insmod's word for the errno: kmod's, then busybox's.
cat >"$T/insmod.sh" <<'EOF'
/insmod /magic.ko
/bin/busybox insmod /magic.ko
dmesg | grep 'version magic'
EOF
expect 0 'insmod: runs in the guest' rkmod vm --root "$ROOT" --format json --with-rkmod \
	--exec "$T/insmod.sh" --file "$(readlink -f "$(command -v insmod || echo /sbin/insmod)")=/insmod" \
	--file "$T/magic.ko=/magic.ko" "$T/hello/hello.ko"
"$TOP/tests/validate.py" "$TOP/cmd/schema/vm.json" "$T/stdout" >"$T/why"
result $? 'what rkmod vm prints follows the schema' || diag "$T/why"
json script_output >"$T/log"
has "$T/log" 'insmod: its words' 'Invalid module format'
has "$T/log" "insmod: busybox's words" 'invalid module format'
expect 0 'insmod: known' explain_log
stdout_has 'insmod: by its code' '[insmod-format]'
stdout_has "insmod: the kernel's own line stands beside it" '[vermagic]'

tag=$(LC_ALL=C grep -aom1 'Cs[0-9A-Za-z]*_6kernel' "$T/hello/hello.ko" | head -n1)
damaged compiler "$tag" "Cs0${tag:3}"
stdout_has 'a Rust symbol: by its code' '[rust-symbol-unresolved]'
stdout_has 'a Rust symbol: readable' 'kernel::print'
stdout_has 'a Rust symbol: what it may be' 'another rustc made it'
finish
