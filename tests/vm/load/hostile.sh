# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What goes on while it works. Kernel parameters: printk.devkmsg=on

# --- Who runs
load 0 'a slow one, to look at' ./ld_init.ko wait_ms=1
as_sudo rkmod unload ld_init >/dev/null
as_sudo rkmod load ./ld_init.ko wait_ms=4000 >/tmp/out 2>&1 9</etc/passwd &
until grep -q '^ld_init .* Loading ' /proc/modules; do
	usleep 100000
done
for pid in $(pidof rkmod); do
	echo "$pid $(sed -n 's/^Uid:\t[0-9]*\t\([0-9]*\).*/\1/p' "/proc/$pid/status")" \
		"$(sed -n 's/^CapPrm:\t0*\([0-9a-f]*\)$/\1/p' "/proc/$pid/status")" \
		"$(sed -n 's/^Groups:\t\(.*[0-9]\) *$/\1/p' "/proc/$pid/status")" \
		"$(stat -c %u "/proc/$pid/fd")"
	readlink "/proc/$pid/fd/9"
done >/tmp/who
wait
# CAP_SYS_MODULE is bit 16. What cannot be traced belongs to uid 0 in /proc.
is 'who inserts has one capability' 2 "$(grep -c '^[0-9]* 0 10000 ' /tmp/who)"
is 'who judges is the user and has none' 1 "$(grep -c '^[0-9]* 1000  1000 0$' /tmp/who)"
is 'none has what the caller had open' 0 "$(grep -c passwd /tmp/who)"
as_sudo rkmod unload ld_init >/dev/null

# --- The file changes
# Between two modules that differ in their build-id: rkmod says which it judged, the kernel
# says which is there.
# race PROGRAM: how often was loaded what was not judged, and of how many loads
race() {
	cp hello.ko race.ko
	cp second.ko other.ko
	helper swap race.ko other.ko 1000 20 &
	swapper=$!
	n_loaded=0
	n_unjudged=0
	: >/tmp/ids
	while kill -0 $swapper 2>/dev/null && { [ "$1" = rkmod ] || [ $n_unjudged = 0 ]; }; do
		judged=$(as_sudo "$1" load --format json ./race.ko 2>/dev/null |
			sed -n 's/.*"build_id":[^"]*"\([0-9a-f]*\)".*/\1/p')
		there=$(hexdump -v -s 16 -e '/1 "%02x"' /sys/module/hello/notes/.note.gnu.build-id)
		rmmod hello && n_loaded=$((n_loaded + 1))
		[ "$judged" = "$there" ] || n_unjudged=$((n_unjudged + 1))
		echo "$judged" >>/tmp/ids
	done
	kill $swapper 2>/dev/null
	wait $swapper
	echo "# $1: $n_loaded loads while the file was swapped 1,000 times, $n_unjudged not of what was judged"
}
race rkmod
is 'what is loaded is what was judged' 0 "$n_unjudged"
is 'which was the one or the other' 2 "$(sort -u /tmp/ids | grep -c '^[0-9a-f]\{40\}$')"
race rkmod-read-twice
is 'a file that is read twice is not what was judged' 1 "$n_unjudged"

# What the kernel does otherwise than predicted is to be reported.
sed 's/vermagic=[0-9]/vermagic=x/' hello.ko >alien.ko
n=0
until grep -q 'is a defect of rkmod' /tmp/out || [ $n = 30 ]; do
	cp hello.ko race.ko
	cp alien.ko other.ko
	# When the file in memory is there, the first reading is over.
	(
		# shellcheck disable=SC2010,SC2046 # two processes, no odd names
		until ls -l $(pidof rkmod-read-twice | sed 's,[0-9][0-9]*,/proc/&/fd,g') 2>/dev/null |
			grep -q memfd:module || [ ! -e other.ko ]; do :; done
		mv other.ko race.ko 2>/dev/null
	) &
	as_sudo rkmod-read-twice load ./race.ko >/tmp/out 2>&1
	rm -f other.ko
	wait
	rmmod hello 2>/dev/null
	n=$((n + 1))
done
echo "# after $n loads the kernel was given what it refuses"
has 'a disagreement is called a defect' 'is a defect of rkmod'
report=$(sed -n "s/.*please report it, with '\(.*\)'/\1/p" /tmp/out)
expect 0 'a file for the report is named' as_user grep -c . "$report"
cp "$report" /tmp/out
has 'it has what was predicted' '"predicted":'
has 'and what the kernel said' 'version magic'

# --- The log overflows
load 0 'a module that prints 200 lines' ./ld_chatty.ko lines=200 noise=2
is 'all of them are shown' 200 "$(grep -c '| ld_chatty: line' /tmp/out)"
lacks 'none is lost' 'overwritten'
as_sudo rkmod unload ld_chatty >/dev/null
load 0 'a module that floods the log' ./ld_chatty.ko lines=60 noise=1000
n=$(grep -c '| ld_chatty: line' /tmp/out)
if [ "$n" = 60 ]; then ok 'all lines are shown'; else has "lost lines are told ($n of 60 shown)" 'overwritten'; fi
as_sudo rkmod unload ld_chatty >/dev/null
(n=0; while [ $n -lt 3000 ]; do echo 'flood flood flood flood'; n=$((n + 1)); done >/dev/kmsg) &
load 0 'somebody else floods the log' ./ld_chatty.ko lines=60
wait
n=$(grep -c '| ld_chatty: line' /tmp/out)
if [ "$n" = 60 ]; then ok 'all lines are shown'; else has "lost lines are told ($n of 60 shown)" 'overwritten'; fi
as_sudo rkmod unload ld_chatty >/dev/null

# --- The log goes on
as_sudo rkmod load --follow ./ld_init.ko >/tmp/out 2>&1 &
n=0
until grep -q 'ld_init: loaded' /tmp/out || [ $n -gt 100 ]; do
	usleep 200000
	n=$((n + 1))
done
echo 'said later' >/dev/kmsg
sleep 1
kill -INT "$(pidof rkmod | tr ' ' '\n' | sort -n | head -n 1)"
wait
has 'what comes later is shown, until an interrupt' '| said later'
as_sudo rkmod unload ld_init >/dev/null

# --- The kernel falls over
load 1 'a module that makes the kernel oops' ./ld_oops.ko
has 'that is said' 'the kernel fell over while loading it'
has 'with the first line' 'NULL pointer dereference'
has 'and what to do' 'restart the machine'
