# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154
# Signatures are demanded. Kernel parameters: module.sig_enforce=1
load 1 'an unsigned module' ./hello.ko
has 'is not given to the kernel' 'not inserted: refuse (EKEYREJECTED'
load 1 'by force' --force ./hello.ko
has 'the kernel refuses it itself' 'the kernel refused: EKEYREJECTED'
load 1 'a module that nobody known has signed' ./foreign.ko
has 'is not given to the kernel' 'not inserted: refuse (EKEYREJECTED'
load 1 'by force' --force ./foreign.ko
has 'the kernel refuses it itself' 'the kernel refused: EKEYREJECTED'
load 0 'a rightly signed module' "$right"
expect 0 'goes' as_sudo rkmod unload "$right_name"
load 1 'one that was changed after it was signed' ./wrong.ko
has 'is not given to the kernel' 'not inserted: refuse (EKEYREJECTED'
load 0 'from a file, unpacked' ./right.ko
loaded 'only the signed one is there' "$right_name"
