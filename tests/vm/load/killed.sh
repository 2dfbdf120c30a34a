# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# It is killed or interrupted while it loads a module and two that are needed first.

# ld_modules: what is loaded and in which state, oldest last
ld_modules() {
	sed -n 's/^\(ld_[a-z]*\) .* \(Live\|Loading\|Unloading\) .*/\1 \2/p' /proc/modules
}
# first, last: of the processes, by age
first() {
	pidof rkmod | tr ' ' '\n' | sort -n | head -n 1
}
last() {
	pidof rkmod | tr ' ' '\n' | sort -n | sed -n 2p
}
# settle: until all of them are gone
settle() {
	n=0
	while [ -n "$(pidof rkmod)" ] && [ $n -lt 200 ]; do
		usleep 50000
		n=$((n + 1))
	done
}
for msec in 150 600 1200 2000; do
	for victim in first last pidof\ rkmod; do
		as_sudo rkmod load ./ld_top.ko >/dev/null 2>&1 &
		usleep ${msec}000
		# shellcheck disable=SC2046 # one or several
		kill -9 $($victim) 2>/dev/null
		wait
		settle
		ld_modules | grep -v Live >/tmp/out && not_ok "killed after $msec ms ($victim): all that is loaded is live"
		ld_modules >>/tmp/killed
		for name in ld_top ld_mid ld_base; do rmmod $name 2>/dev/null; done
	done
done
ok "killed at 12 moments: what is loaded is live, $(grep -c . /tmp/killed) modules in all"
for msec in 300 700 1100 1500 1900; do
	as_sudo rkmod load ./ld_top.ko >/tmp/out 2>&1 &
	usleep ${msec}000
	kill -INT "$(first)" 2>/dev/null
	wait
	settle
	case $(ld_modules | wc -l) in
	0 | 3) ok "interrupted after $msec ms: all or nothing" ;;
	*) not_ok "interrupted after $msec ms: all or nothing" ;;
	esac
	for name in ld_top ld_mid ld_base; do rmmod $name 2>/dev/null; done
done
