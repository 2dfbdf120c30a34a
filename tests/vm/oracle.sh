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
#   RKMOD_ORACLE_KERNEL    "small": not the tree's kernel, but a small one with CRCs and
#                          signatures, made in RKMOD_TEST_KEEP (oracle/kernels.sh)
#   RKMOD_ORACLE_DEMAND    the small one demands signatures: by sig_enforce, or lockdown
. "$(dirname "$0")/../lib.sh"
[ "${RKMOD_ORACLE_KERNEL:-}" != small ] || [ -n "${RKMOD_TEST_KEEP:-}" ] ||
	skip_all 'RKMOD_TEST_KEEP is not set'
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
			"$ROOT/boot/vmlinuz-$RELEASE" "$ROOT$KDIR/arch/x86/boot/bzImage")")
}

use_small()
{
	make_small_kernel "$RKMOD_TEST_KEEP/kernels" || {
		echo 'Bail out! the small kernel could not be built'
		exit 2
	}
	KDIR=$SMALL
	TREE_BINDS=(--ro-bind "$SMALL" "$SMALL")
	# Its certificate is in the image, and rkmod finds both.
	options=(--kdir "$SMALL" --symvers "$SMALL/Module.symvers" --image "$SMALL_IMAGE")
	case ${RKMOD_ORACLE_DEMAND:-} in
	'') ;;
	sig_enforce) demand MODULE_SIG_FORCE module.sig_enforce=1 ;;
	lockdown) demand LOCK_DOWN_KERNEL_FORCE_INTEGRITY lockdown=integrity ;;
	*)
		echo "Bail out! RKMOD_ORACLE_DEMAND is sig_enforce or lockdown"
		exit 2
		;;
	esac
}

# demand OPTION PARAMETER: modules are signed after they were damaged. What the kernel is
# told when it is booted, rkmod reads in a copy of its configuration.
demand()
{
	local file

	mkdir "$T/kdir"
	for file in "$SMALL"/* "$SMALL"/.config; do
		ln -s "$file" "$T/kdir/"
	done
	rm "$T/kdir/.config"
	grep -v "CONFIG_$1\>" "$SMALL/.config" >"$T/kdir/.config"
	echo "CONFIG_$1=y" >>"$T/kdir/.config"
	options+=(--kdir "$T/kdir" --append "$2" --sign "$SMALL_KEY")
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
	has_config LIVEPATCH || printf '%s\n' load.37 reloc.livepatch
	! has_config MODULE_ALLOW_BTF_MISMATCH || echo load.40
}

bases=${RKMOD_ORACLE_BASES:-$T/ko}
results=${RKMOD_ORACLE_RESULTS:-$T/results.jsonl}
case ${RKMOD_ORACLE_KERNEL:-} in
small) use_small ;;
*) use_stock ;;
esac
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
