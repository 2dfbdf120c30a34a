#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rkmod prepare from nothing against unpacking the source with tar, make olddefconfig
# and make prepare: wall time, and the most disk that each takes while it works.
. "$(dirname "$0")/lib.sh"
begin

# watch_disk DIR: prints the most kilobytes seen below DIR until $T/stop exists
watch_disk()
{
	local most=0 now

	while [ ! -e "$T/stop" ]; do
		now=$(du -sk "$1" 2>/dev/null | cut -f 1)
		[ "${now:-0}" -le "$most" ] || most=$now
		sleep 3
	done
	echo "$most"
}

# measure NAME DIR COMMAND: sets took_NAME and disk_NAME
measure()
{
	rm -f "$T/stop"
	mkdir -p "$2"
	give "$2"
	watch_disk "$2" >"$T/disk" &
	ms "$3"
	touch "$T/stop"
	wait $!
	printf -v "took_$1" %s "$took"
	printf -v "disk_$1" %s "$(cat "$T/disk")"
}

by_rkmod()
{
	CACHE=$T/cache rkmod prepare --root "$ROOT"
}

by_hand()
{
	local script

	# shellcheck disable=SC2016 # the shell inside expands them
	script='set -e
		cd "$1"
		tar xf "$(echo /usr/src/linux-source-*.tar.xz)"
		mkdir out
		cp "$2/.config" out/
		make="make -C $(echo linux-source-*) O=$1/out CC=x86_64-linux-gnu-gcc-14 HOSTCC=gcc KERNELRELEASE=$3"
		export LIBCLANG_PATH=$(echo /usr/lib/llvm-*/lib)
		$make olddefconfig
		$make -j"$(nproc)" prepare'
	in_tree "$T/hand" sh -c "$script" by-hand "$T/hand" "$KDIR" "$RELEASE"
}

measure rkmod "$T/cache" by_rkmod
measure hand "$T/hand" by_hand
# shellcheck disable=SC2154 # measure sets them
printf 'time: rkmod %d ms, by hand %d ms, ratio %s (at most 1.00)\n' \
	"$took_rkmod" "$took_hand" "$(ratio "$took_rkmod" "$took_hand")"
# shellcheck disable=SC2154
printf 'disk: rkmod %d MB, by hand %d MB, ratio %s (at most 0.50)\n' \
	$((disk_rkmod / 1024)) $((disk_hand / 1024)) "$(ratio "$disk_rkmod" "$disk_hand")"
