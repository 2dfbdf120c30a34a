#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Run in the guest by `rkmod vm --exec`, with busybox and nothing else.
device=/dev/rkmod-sample

fail()
{
	echo "exercise: $1"
	exit 1
}

[ -c "$device" ] || fail "no $device"

exec 3<>"$device" || fail "cannot open $device"
echo 'hello, device' >&3 || fail "cannot write"
read -r text <&3 || fail "cannot read"
[ "$text" = 'HELLO, DEVICE' ] || fail "read '$text'"
exec 3>&-

# More than the device keeps: refused with EFBIG.
if dd if=/dev/zero of="$device" bs=5000 count=1 2>/dev/null; then
	fail "5000 bytes were taken"
fi

echo 'exercise: passed'
