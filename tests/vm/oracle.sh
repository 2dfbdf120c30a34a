#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Damaged modules: what rkmod check says of them is what the kernel says. The TAP lines
# are the oracle's own. From the environment:
#   RKMOD_MUTATE           the generator
#   RKMOD_ORACLE_COUNT     how many (400)
#   RKMOD_ORACLE_SEED      which (1)
#   RKMOD_ORACLE_RESULTS   file of the kernel's answers: kept, and a run is continued
. "$(dirname "$0")/../lib.sh"
begin
. "$TOP/tests/vm/oracle/bases.sh"

make_bases "$T/ko" || {
	echo 'Bail out! the bases could not be built'
	diag "$T/bases.log"
	exit 2
}
cp "$RKMOD_MUTATE" "$TOP/tests/vm/oracle/oracle" "$T"
results=${RKMOD_ORACLE_RESULTS:-$T/results.jsonl}
[ -e "$results" ] || : >"$results"
give "$T/ko" "$results"
as_user "$T/oracle" --root "$ROOT" --image "$ROOT/usr/lib/modules/$RELEASE/vmlinuz" \
	--symvers "$ROOT$KDIR/Module.symvers" --bases "$T/ko" \
	--signature "$T/ko/unknown.p7s" --mutate "$T/mutate" \
	--rkmod "$RKMOD_TEST_PREFIX/bin/rkmod" \
	--guest "$RKMOD_TEST_PREFIX/libexec/rkmod/rkmod-guest" --results "$results" \
	--count "${RKMOD_ORACLE_COUNT:-400}" --seed "${RKMOD_ORACLE_SEED:-1}"
