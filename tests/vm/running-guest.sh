#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Run in the guest: what `rkmod check --running` predicts, and what the kernel answers.
# A line per module: NAME PREDICTED ANSWER; then for the first doubts what they are about.
cd /home/user || exit 1
[ -e /sys/kernel/security/lockdown ] || mount -t securityfs none /sys/kernel/security

# predict FILE...: 0 for accept, an errno, "undecided", "refuse" without an errno
predict()
{
	rkmod check --running "$@" >/tmp/text 2>&1
	case $(head -n 1 /tmp/text) in
	*': accept'*) echo 0 ;;
	*': refuse ('*) sed -n '1s/.*: refuse (\([A-Z]*\)).*/\1/p' /tmp/text ;;
	*': '*) sed -n '1s/[^ ]*: \([a-z]*\).*/\1/p' /tmp/text ;;
	*) echo nothing ;;
	esac
}

# try NAME FILE [PARAMETER]
try()
{
	if [ $# = 3 ]; then
		predicted=$(predict --param "$3" "$2")
	else
		predicted=$(predict "$2")
	fi
	echo "$1 $predicted $(/insert "$2" "${3-}")"
}

# doubt NAME FILE: what an ordinary user is told
doubt()
{
	su user -c "rkmod check --running $2" >/tmp/text 2>&1
	sed "s/^/$1: /" /tmp/text
}

crc=$(find / -xdev -name 'crc-itu-t.ko.xz')
try plain run_plain.ko
try twice run_plain.ko
try taker-alone run_taker.ko
sed 's/^/taker-alone: /' /tmp/text
try crc-alone run_crc.ko
sed 's/^/crc-alone: /' /tmp/text
try crc-needed "$crc"
try crc run_crc.ko
try giver run_giver.ko
try exports-again run_again.ko

chmod 0400 /proc/kallsyms
doubt no-kallsyms run_taker.ko
chmod 0444 /proc/kallsyms
chmod 0400 /proc/modules
doubt no-modules run_taker.ko
chmod 0444 /proc/modules

try taker run_taker.ko
try blacklisted run_black.ko
try built-in printk.ko
try parameter run_number.ko number=many
try parameter-good run_number.ko number=7
rmmod run_number run_taker run_plain
try again run_plain.ko
rmmod run_plain

echo integrity >/sys/kernel/security/lockdown
try locked-down run_plain.ko
try locked-down-parameter run_number.ko number=many
rmmod run_crc crc_itu_t
try locked-down-signed "$crc"
rmmod crc_itu_t
echo 1 >/sys/module/module/parameters/sig_enforce
try enforced run_plain.ko
try enforced-signed "$crc"
echo 1 >/proc/sys/kernel/modules_disabled
try disabled run_plain.ko
