#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Damaged modules: what rkmod check says of them is what the old kernel says; see
# tests/vm/oracle.sh, which this is with that kernel.
. "$(dirname "$0")/lib.sh"
export RKMOD_TEST_ROOT LITERAL
exec bash "$TOP/tests/vm/oracle.sh"
