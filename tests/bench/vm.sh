#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rkmod vm with one module, from start to exit, and how the time divides.
. "$(dirname "$0")/lib.sh"
begin
make_module "$T/m"
rkmod build --root "$ROOT" "$T/m" >/dev/null || exit 1
for accel in auto tcg; do
	for _ in 1 2 3; do
		ms rkmod vm --root "$ROOT" --accel "$accel" --format json "$T/m/hello.ko"
		boot=$(json boot_ms)
		total=$(json total_ms)
		printf '%-4s (%s): %5d ms: %d before QEMU, %d until the guest speaks, %d in it\n' \
			"$accel" "$(json accel)" "$took" $((took - total)) "$boot" $((total - boot))
	done
done
