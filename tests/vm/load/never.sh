# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# No module is loaded any more: comes last.
echo 1 >/proc/sys/kernel/modules_disabled
load 1 'modules_disabled' ./hello.ko
has 'is known before' 'not inserted: refuse (EPERM'
loaded 'nothing is left' ''
