# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# It is killed, or interrupted, at every step of loading a module and one that is needed
# first. A step is a call that does something to the kernel, or that its two processes
# talk by; see helper.c.

# at_step SIGNAL WHO N: what is loaded then, and in which state, is in /tmp/there
at_step() {
	as_sudo helper signal "$@" rkmod load ./ld_mid.ko >/tmp/out 2>&1
	[ $? = 3 ] && return 3
	sed -n 's/^\(ld_[a-z]*\) .* \(Live\|Loading\|Unloading\) .*/\1 \2/p' /proc/modules >/tmp/there
	for name in ld_mid ld_base; do
		rmmod $name 2>/dev/null
	done
	return 0
}

# killed WHO: at every step
killed() {
	n=1
	n_left=0
	while at_step 9 "$1" $n; do
		if grep -qv Live /tmp/there; then
			cp /tmp/there /tmp/out
			not_ok "$1 killed at step $n: what is loaded is live"
		fi
		n_left=$((n_left + $(grep -c . /tmp/there)))
		n=$((n + 1))
	done
	[ -z "$(pidof rkmod)" ] || not_ok "$1 killed: no process is left"
	echo "# $1 killed at each of $((n - 1)) steps: $n_left modules were there afterwards"
	is "$1 killed at every step: some before, some after a module was there" yes \
		"$([ "$n" -gt 12 ] && [ $n_left -gt 0 ] && [ $n_left -lt $((2 * n)) ] && echo yes)"
}

killed first
killed all

n=1
n_none=0
while at_step 2 first $n; do
	case $(grep -c Live /tmp/there) in
	0) n_none=$((n_none + 1)) ;;
	2) ;;
	*)
		cat /tmp/there >>/tmp/out
		not_ok "interrupted at step $n: all or nothing"
		;;
	esac
	n=$((n + 1))
done
echo "# interrupted at each of $((n - 1)) steps: $n_none times nothing was loaded"
is 'interrupted at every step: all or nothing' yes "$([ $n_none -gt 0 ] && [ "$n" -gt 12 ] && echo yes)"
