# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# The kernel compares CRCs.
load 1 'a Rust module made for another symbol' ./crc.ko
has 'is not given to the kernel' 'not inserted: refuse (EINVAL'
has 'and why' 'was built with another version of'
load 1 'by force the kernel refuses it itself' --force ./crc.ko
has 'with its line' '| hello: disagrees about version of symbol'
load 1 'a module made for other modules' ./layout.ko
has 'is not given to the kernel' 'not inserted: refuse (ENOEXEC'
has 'which is named' 'module_layout'
load 1 'a module without CRCs' ./none.ko
has 'is not given to the kernel' 'not inserted: refuse (ENOEXEC'
loaded 'nothing is loaded' ''
load 0 'the Rust module as it was built' ./hello.ko
load 0 'CRCs of what other modules export' ./ld_top.ko
loaded 'all are there' 'ld_top ld_mid ld_base hello'
