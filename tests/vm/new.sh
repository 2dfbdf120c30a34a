#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What `rkmod new` makes for the stock kernel is formatted, builds, and loads: all kinds in
# one guest, and one of them in that of `rkmod ci`.
. "$(dirname "$0")/../lib.sh"
begin
. "$TOP/tests/kernel/new-lib.sh"
make_all minimal params miscdev mixed
load_all
expect 0 'ci: every step of it is green' as_user env -C "$T/new_params" \
	"$RKMOD_TEST_PREFIX/bin/rkmod" ci --strict --format json
same 'ci: the module was loaded' loaded "$(json vm modules 0 result)"
"$TOP/tests/validate.py" "$TOP/cmd/schema/ci.json" "$T/stdout"
result $? 'ci: the answer follows its schema'
# 55 letters, as long as a name may be: still one line each for rustfmt.
long=a$(printf '%054d' 0 | tr 0 b)
expect 0 'a long name: is made' rkmod new --root "$ROOT" --kind mixed --no-git "$T/$long"
expect 0 'a long name: is formatted' in_tree "$T/$long" rustfmt --check "$T/$long/main.rs"
finish
