#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rust-analyzer, the suite's own, finds in modules what is not there, and nothing else: the
# kernel crate, its prelude and its macros are known to it by rust-project.json.
. "$(dirname "$0")/../lib.sh"
begin

AN=${RKMOD_TEST_KEEP:-$T}/rust-analyzer
if [ ! -x "$AN/usr/bin/rust-analyzer" ]; then
	rm -rf "$AN.new"
	"$TOP/tests/kernel/fetch-analyzer.sh" "$ROOT" "$AN.new" "$T/apt" >"$T/fetch" 2>&1 ||
		skip_all 'rust-analyzer cannot be fetched (offline?)'
	mv "$AN.new" "$AN"
fi
# A cache that an older rkmod made has no sources.
[ -n "$(ls -A "$CACHE/rkmod/sources" 2>/dev/null)" ] || CACHE=$T/cache

# analyze DIR: what `rust-analyzer diagnostics` says there
analyze()
{
	as_user bwrap --tmpfs / --ro-bind "$ROOT/usr" /usr --ro-bind "$ROOT/etc" /etc \
		--symlink usr/bin /bin --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
		--dev /dev --proc /proc --tmpfs /tmp --ro-bind "$ROOT" "$ROOT" \
		--ro-bind "$CACHE" "$CACHE" --ro-bind "$AN" "$AN" --bind "$1" "$1" \
		--unshare-pid --unshare-net --new-session --die-with-parent --chdir "$1" \
		--setenv HOME /tmp --setenv PATH /usr/bin \
		"$AN/usr/bin/rust-analyzer" diagnostics "$1/rust-project.json"
}

M=$T/my-driver
expect 0 'a module is made' rkmod new --root "$ROOT" --kind miscdev "$M"
for sample in params mixed; do
	cp "$TOP/samples/$sample"/*.rs "$M"
done
cat >"$M/bad.rs" <<'END'
// SPDX-License-Identifier: GPL-2.0-or-later

//! What is not there.

use kernel::{nope::Nope, prelude::*};

fn nothing() {
    pr_nope!("x\n");
    pr_info!("x\n");
}
END
echo 'obj-m := my_driver.o params.o main.o bad.o' >"$M/Kbuild"
give "$M"

kdir_before=$(kdir_hash)
expect 0 'rust-project.json is written' rkmod analyzer --root "$ROOT" --format json "$M"
"$TOP/tests/validate.py" "$TOP/cmd/schema/analyzer.json" "$T/stdout"
result $? 'the answer follows its schema'
same 'a root for each file that the makefile names' 4 "$(json roots | grep -o '\.rs"' | wc -l)"
same 'git does not see the file' '' "$(as_user git -C "$M" status --porcelain rust-project.json)"
python3 - "$M/rust-project.json" <<'END'
import json, os, sys

project = json.load(open(sys.argv[1]))
for crate in project["crates"]:
    assert os.path.isfile(crate["root_module"]), crate["root_module"]
    assert os.path.isfile(crate.get("proc_macro_dylib_path", sys.argv[1]))
assert {"core", "kernel", "bindings", "macros"} <= {c["display_name"] for c in project["crates"]}
END
result $? 'every path in it is there'
same 'KDIR is as before' "$kdir_before" "$(kdir_hash)"

expect 1 'rust-analyzer reads it, and finds something' analyze "$M"
stdout_has 'the module with a misc device is looked at' 'processing crate: my_driver,'
grep '^Error ' "$T/stdout" | sed 's/.*}: //' | sort >"$T/errors"
# shellcheck disable=SC2016 # its own words
same 'it finds what is not there, and nothing else in four modules' \
	'unresolved import,unresolved macro `pr_nope!`' "$(paste -s -d , "$T/errors")"
[ "$(wc -l <"$T/errors")" = 2 ] || diag "$T/stdout" "$T/stderr"
finish
