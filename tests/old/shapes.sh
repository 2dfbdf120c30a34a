#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# As tests/kernel/shapes.sh; this kernel's Kbuild has no MO=, works in KDIR, and names
# crates after files.
. "$(dirname "$0")/lib.sh"
. "$TOP/tests/kernel/shapes-lib.sh"
begin
test_shapes
has "$T/out/.rkmod-out" 'a copy of the sources was built' copy
test_extra
finish
