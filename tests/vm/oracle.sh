#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Damaged modules: what rkmod check says of them is what the kernel says. The TAP lines
# are the oracle's own. From the environment:
#   RKMOD_MUTATE           the generator
#   RKMOD_ORACLE_COUNT     how many (420: every way once)
#   RKMOD_ORACLE_SEED      which (1)
#   RKMOD_ORACLE_RESULTS   file of the kernel's answers: kept, and a run is continued
#   RKMOD_ORACLE_BASES     folder for the bases: kept, so that a run can be continued
#   RKMOD_ORACLE_KERNELS   folder with room for 3 GB: not the tree's kernel, but a small
#                          one with CRCs and signatures, made there (oracle/kernels.sh)
#   RKMOD_ORACLE_ENFORCE   not empty: the small one demands signatures
. "$(dirname "$0")/../lib.sh"
begin
. "$TOP/tests/vm/oracle/bases.sh"
. "$TOP/tests/vm/oracle/kernels.sh"

# first_of FILE...: the first that is there
first_of()
{
	local file

	for file; do
		[ ! -e "$file" ] || {
			echo "$file"
			return
		}
	done
}

# The stock kernel of the tree.
use_stock()
{
	options=(--root "$ROOT" --symvers "$ROOT$KDIR/Module.symvers"
		--image "$(first_of "$ROOT/usr/lib/modules/$RELEASE/vmlinuz" \
			"$ROOT/boot/vmlinuz-$RELEASE")")
}

use_small()
{
	make_small_kernel "$RKMOD_ORACLE_KERNELS" || {
		echo 'Bail out! the small kernel could not be built'
		exit 2
	}
	KDIR=$SMALL
	TREE_BINDS=(--ro-bind "$SMALL" "$SMALL")
	options=(--kdir "$SMALL" --symvers "$SMALL/Module.symvers"
		--image "$SMALL/arch/x86/boot/bzImage" --cert "$SMALL/certs/signing_key.x509")
	[ -z "${RKMOD_ORACLE_ENFORCE:-}" ] || enforce
}

# Modules are signed after they were damaged. rkmod reads of what the kernel was told
# when it was booted in a copy of its configuration.
enforce()
{
	local file

	mkdir "$T/kdir"
	for file in "$SMALL"/* "$SMALL"/.config; do
		ln -s "$file" "$T/kdir/"
	done
	rm "$T/kdir/.config"
	sed 's/^# CONFIG_MODULE_SIG_FORCE is not set/CONFIG_MODULE_SIG_FORCE=y/' \
		"$SMALL/.config" >"$T/kdir/.config"
	options+=(--kdir "$T/kdir" --append module.sig_enforce=1
		--sign "$SMALL/certs/signing_key.pem")
}

# unpacked_kind: what the kernel decompresses itself, by the name of its program
unpacked_kind()
{
	local kind

	has_config MODULE_DECOMPRESS || return 1
	for kind in xz zstd gzip; do
		! has_config "MODULE_COMPRESS_${kind^^}" || {
			echo "$kind"
			return
		}
	done
	return 1
}

# never_refuse: checks that this kernel's loader does not make, by its headers and
# configuration (as lib/verdict/facts.c has them)
never_refuse()
{
	local include=${SMALL:-$ROOT$COMMON}/include/linux

	! grep -q 'import_ns, __stringify' "$include/module.h" ||
		printf '%s\n' elf.2{3,4,5,6,7,8} load.29
	grep -qs __kflagstab "$include/export-internal.h" || echo load.27
	! has_config MODULE_ALLOW_BTF_MISMATCH || echo load.40
}

bases=${RKMOD_ORACLE_BASES:-$T/ko}
results=${RKMOD_ORACLE_RESULTS:-$T/results.jsonl}
if [ -n "${RKMOD_ORACLE_KERNELS:-}" ]; then
	use_small
else
	use_stock
fi
[ -e "$bases/unknown.p7s" ] || make_bases "$bases" || {
	echo 'Bail out! the bases could not be built'
	diag "$T/bases.log"
	exit 2
}
! has_config MODVERSIONS || options+=(--modversions)
! unpacks=$(unpacked_kind) || options+=(--unpacks "$unpacks")
while read -r check; do
	options+=(--never "$check")
done < <(never_refuse)
cp "$RKMOD_MUTATE" "$TOP/tests/vm/oracle/oracle" "$T"
[ -e "$results" ] || : >"$results"
give "$bases" "$results"
as_user "$T/oracle" "${options[@]}" --bases "$bases" --signature "$bases/unknown.p7s" \
	--mutate "$T/mutate" --rkmod "$RKMOD_TEST_PREFIX/bin/rkmod" \
	--guest "$RKMOD_TEST_PREFIX/libexec/rkmod/rkmod-guest" --results "$results" \
	--count "${RKMOD_ORACLE_COUNT:-420}" --seed "${RKMOD_ORACLE_SEED:-1}"
