# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What `rkmod new` makes, built and loaded; for scripts that have sourced tests/lib.sh.

MODULES=()

# make_all KIND...: $T/new_KIND, each formatted, and built with the settings in it
make_all()
{
	local kind dir

	for kind; do
		dir=$T/new_$kind
		expect 0 "$kind: is made" rkmod new --root "$ROOT" --format json --kind "$kind" "$dir"
		as_user python3 "$TOP/tests/validate.py" "$TOP/cmd/schema/new.json" "$T/stdout"
		result $? "$kind: the answer follows its schema"
		if [ -x "$ROOT/usr/bin/rustfmt" ]; then
			expect 0 "$kind: is formatted" in_tree "$dir" rustfmt --check "$dir"/*.rs
		fi
		expect 0 "$kind: builds" as_user env -C "$dir" "$RKMOD_TEST_PREFIX/bin/rkmod" build
		stdout_has "$kind: is accepted" "new_$kind.ko: accept"
		same "$kind: git sees the sources only" '' "$(as_user git -C "$dir" status --porcelain |
			grep -v '\.rs$\|\.[ch]$\|Kbuild\|Makefile\|json$\|\.git\|\.rustfmt')"
		MODULES+=("$dir/new_$kind.ko")
	done
}

# load_all: in one guest
load_all()
{
	expect 0 'all of them load and unload' rkmod vm --root "$ROOT" --format json "${MODULES[@]}"
	json log >"$T/log"
	has "$T/log" 'the minimal one works' 'new_minimal: goodbye'
	has "$T/log" 'Rust and C work together' "new_mixed: the hash of '' is 811c9dc5"
}
