# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Figures, no test: 50 loads by rkmod and by insmod, each with its rmmod.
now() {
	cut -d ' ' -f 1 /proc/uptime
}
echo "# $(stat -c %s small.ko) bytes"
for program in 'rkmod load' insmod; do
	before=$(now)
	n=0
	while [ $n -lt 50 ]; do
		$program ./small.ko >/dev/null 2>&1
		rmmod ld_base
		n=$((n + 1))
	done
	echo "# 50 times $program: $before to $(now) s"
done
as_sudo rkmod load --format json ./small.ko | grep usec | sed 's/^/# /'
