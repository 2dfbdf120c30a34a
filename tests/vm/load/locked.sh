# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154
# The kernel is locked down. Kernel parameters: lockdown=integrity
load 1 'an unsigned module' ./hello.ko
has 'is not given to the kernel' 'not inserted: refuse (EPERM'
load 1 'by force' --force ./hello.ko
has 'the kernel refuses it itself' 'the kernel refused: EPERM'
has 'with its line' 'Lockdown: '
load 1 'one that nobody known has signed' --force ./foreign.ko
load 0 'a rightly signed module' "$right"
loaded 'only the signed one is there' "$right_name"
