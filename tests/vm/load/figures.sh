# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Figures, no test: 50 loads by rkmod and by insmod, each with its rmmod, and what of that
# a start of rkmod takes, and a verdict with all that is read for it.
now() {
	cut -d ' ' -f 1 /proc/uptime
}

# fifty COMMAND...
fifty() {
	before=$(now)
	n=0
	while [ $n -lt 50 ]; do
		"$@" >/dev/null 2>&1
		n=$((n + 1))
	done
	echo "# 50 times $*: $before to $(now) s"
}

loads() {
	"$@"
	rmmod ld_base
}

echo "# $(stat -c %s small.ko) bytes"
loads rkmod load ./small.ko >/dev/null 2>&1 # what is kept of the kernel's facts is made
fifty loads rkmod load ./small.ko
fifty loads insmod ./small.ko
fifty rkmod --version
fifty rkmod check --running ./small.ko
rkmod load --format json ./small.ko | grep usec | sed 's/^/# /'
