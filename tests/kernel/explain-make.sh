#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What plain make says when something is wrong, given to `rkmod explain -`.
. "$(dirname "$0")/../lib.sh"
begin
make_module "$T/m"

# plain ARGS...: make without rkmod, as the tree's user types it; leaves $T/log
plain()
{
	rm -f "$T"/m/*.o "$T"/m/*.ko
	in_tree "$T/m" make -C "$KDIR" M="$T/m" "$@" >"$T/log" 2>&1
}

explain_log()
{
	rkmod explain - <"$T/log"
}

# explained CLAIM CODE WORDS ARGS...: make fails, and the text is known
explained()
{
	local claim=$1 code=$2 words=$3

	shift 3
	! plain "$@"
	result $? "$claim: make fails" || diag "$T/log"
	expect 0 "$claim: known" explain_log
	grep -qF "[$code]" "$T/stdout"
	result $? "$claim: by its code" || diag "$T/log" "$T/stdout"
	stdout_has "$claim: what to do" "$words"
}

explained 'stock headers' metadata-missing "build with 'rkmod build'"
explained 'rust-analyzer with headers alone' rust-sources-missing 'source tree' rust-analyzer

copy_kdir_with_metadata "$T/kdir" || exit 2
bind_over_kdir "$T/kdir"
plain
result $? 'metadata in KDIR: make succeeds' || diag "$T/log"
expect 1 'a build that succeeds says nothing that is known' explain_log

# without FILE..., with ARGS of explained: below KDIR/rust
without()
{
	local file=$1

	shift
	mv "$T/kdir/$file" "$T/kept"
	explained "$@"
	mv "$T/kept" "$T/kdir/$file"
}

mv "$T/kdir/rust" "$T/rust"
mkdir "$T/kdir/rust"
explained 'target.json alone' metadata-missing 'rustup is wrong'
rmdir "$T/kdir/rust"
mv "$T/rust" "$T/kdir/rust"
without rust/libkernel.rmeta 'no libkernel.rmeta' metadata-crate 'whole'
without rust/libmacros.so 'no libmacros.so' metadata-crate 'whole'
without include/generated/rustc_cfg 'no rustc_cfg' rustc-cfg-missing 'headers package'
without Module.symvers 'no Module.symvers' symvers-missing 'Module.symvers'

cp "$T/kdir/scripts/target.json" "$T/target.json"
sed -i 's/"data-layout"/"cpu": "x86-64-v2",\n    "data-layout"/' "$T/kdir/scripts/target.json"
explained 'another target.json' metadata-target 'from one package'
sed -i 's/"target-pointer-width": "64"/"target-pointer-width": 64/' "$T/kdir/scripts/target.json"
explained 'a target.json for rustc since 1.91' rustc-target "the kernel's own rustc"
cp "$T/target.json" "$T/kdir/scripts/target.json"

# As if another compiler had made it: the version text of its header, of equal length.
cp "$T/kdir/rust/libcore.rmeta" "$T/libcore.rmeta"
LC_ALL=C sed -i 's/rustc 1\.85\.1 (/rustc 1.84.0 (/' "$T/kdir/rust/libcore.rmeta"
explained 'another rustc' metadata-rustc 'rustc 1.84.0 ('
stdout_has 'another rustc: both are named' 'this is '\''rustc 1.85.1 ('
cp "$T/libcore.rmeta" "$T/kdir/rust/libcore.rmeta"

# A real one: Debian's second rustc, of the release before, in the tree's /usr/local.
if web=$(rustc_web "${RKMOD_TEST_OLD_ROOT:-$ROOT}"); then
	BINDS+=(--ro-bind "$web/usr" "$ROOT/usr/local")
	explained 'rustc-web' metadata-rustc 'RUSTC= for make' \
		RUSTC='env LD_LIBRARY_PATH=/usr/local/lib/x86_64-linux-gnu /usr/local/bin/rustc'
	grep -qF 'error[E0514]' "$T/log"
	result $? 'rustc-web: rustc says E0514' || diag "$T/log"
	stdout_has 'rustc-web: both are named' "this is 'rustc 1."
	bind_over_kdir "$T/kdir"
fi

explained 'no unstable options' rustc-bootstrap 'Leave RUSTC_BOOTSTRAP out' RUSTC_BOOTSTRAP=0
explained '--out-dir twice' out-dir-twice 'KRUSTFLAGS' KRUSTFLAGS=--out-dir=/tmp
explained 'an option of a newer rustc' rustc-flag "the kernel's own rustc" \
	KRUSTFLAGS=-Cno-such-option
explained 'an option of an older rustc' rustc-flag "the kernel's own rustc" \
	KRUSTFLAGS=-Zno-such-option
explained 'LLVM=1 on a kernel built with gcc' llvm-missing 'LLVM=-19' LLVM=1
explained 'a flag that gcc does not know' cc-needs-clang 'LLVM=1' \
	KCFLAGS=-mretpoline-external-thunk

# Symbols of a kernel that another compiler made, and of one without Rust.
cp "$T/kdir/Module.symvers" "$T/symvers"
tag=$(grep -om1 'Cs[0-9A-Za-z]*_6kernel' "$T/symvers")
sed -i "s/$tag/Cs0000000000_6kernel/" "$T/kdir/Module.symvers"
explained 'another compiler made the kernel' rust-symbol-unresolved 'another rustc'
stdout_has 'the name can be read' 'kernel::print::'
grep -v $'\t_R\|\trust_helper_' "$T/symvers" >"$T/kdir/Module.symvers"
explained 'the kernel has no Rust' rust-symbol-unresolved 'no Rust at all'
cp "$T/symvers" "$T/kdir/Module.symvers"

chmod a-w "$T/m"
! in_tree "$T/m" make -C "$KDIR" M="$T/m" >"$T/log" 2>&1
result $? "another user's folder: make fails" || diag "$T/log"
chmod u+w "$T/m"
expect 0 "another user's folder: known" explain_log
stdout_has "another user's folder: by its code" '[dir-not-writable]'

rm "$T/kdir/Makefile"
explained 'KDIR is an empty shell' kdir-empty 'rkmod kernels' modules
BINDS=()
KDIR=/lib/modules/9.9.9-none/build
explained 'no headers' headers-missing '9.9.9-none'
KDIR=/usr/src/linux-headers-$RELEASE
finish
