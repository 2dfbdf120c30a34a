#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Several modules, subfolders, modules of several files, exports of others; in place and
# into another folder, for which this kernel's Kbuild has MO=.
. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/kernel/shapes-lib.sh"
begin
test_shapes
has "$T/out/.rkmod-out" 'Kbuild reads the sources where they are' mo
make_sample hello "$T/used"
expect 0 'a folder with objects in it' rkmod build --root "$ROOT" "$T/used"
expect 2 'is not built into another folder' rkmod build --root "$ROOT" --out "$T/o" "$T/used"
stderr_has 'and it says how to clean it' "rkmod build $T/used -- clean"
test_extra
finish
