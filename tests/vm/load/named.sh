# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# A module of the kernel by its name, which is compressed and signed.
load 0 'a module of the kernel by name, compressed and signed' loop max_part=3
expect 0 'its parameter' cat /sys/module/loop/parameters/max_part
has 'has arrived' 3
expect 0 'it goes' as_sudo rkmod unload loop
echo 'options loop max_part=5' >/etc/modprobe.d/a.conf
echo 'install loop /bin/touch /tmp/ran' >>/etc/modprobe.d/a.conf
load 0 'with options of modprobe.d' loop
has 'its command is named' '/bin/touch /tmp/ran'
expect 1 'and not run' test -e /tmp/ran
expect 0 'its option' cat /sys/module/loop/parameters/max_part
has 'has arrived, rounded up as loop does' 7
expect 0 'it goes' as_sudo rkmod unload loop
echo 'blacklist loop' >/etc/modprobe.d/a.conf
load 2 'an alias of what is blacklisted' block-major-7-0
load 0 'its own name is meant' loop
has 'which is said' 'blacklists it'
expect 0 'it goes' as_sudo rkmod unload loop
echo 'softdep loop pre: lru_cache nobody_has_this' >/etc/modprobe.d/a.conf
load 0 'what it would like to have' loop
has 'comes first, where it is there' 'lru_cache: loaded (needed first)'
expect 0 'both go' as_sudo rkmod unload lru_cache loop
