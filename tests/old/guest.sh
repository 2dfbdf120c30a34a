#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The real rkmod load on the old kernel: tests/vm/load.sh, with that.
. "$(dirname "$0")/lib.sh"
export RKMOD_TEST_ROOT LITERAL RKMOD_LOAD_KERNEL=old
exec bash "$TOP/tests/vm/load.sh" "$@"
