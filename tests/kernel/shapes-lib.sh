# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Repositories of the usual shapes, for scripts that have sourced tests/lib.sh. $LITERAL is
# what stands before the texts of module! ("b" in Linux 6.1).

# rust_module FILE NAME [BODY]: a module that runs BODY when it is loaded
rust_module()
{
	local name=$2 body=${3:-}

	cat >"$1" <<END
// SPDX-License-Identifier: GPL-2.0-or-later

//! A module for tests.

use kernel::prelude::*;

module! {
    type: TestModule,
    name: ${LITERAL:-}"$name",
    description: ${LITERAL:-}"A module for tests",
    license: ${LITERAL:-}"GPL",
}

extern "C" {
    #[allow(dead_code)]
    fn rkmod_twice(x: i32) -> i32;
}

struct TestModule;

impl kernel::Module for TestModule {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        pr_info!("loaded\n");
        $body
        Ok(TestModule)
    }
}
END
}

# SAFETY is for the lint of the kernels that have it on.
CALL_TWICE='// SAFETY: It has no preconditions.
        pr_info!("twice 21 is {}\n", unsafe { rkmod_twice(21) });'

# make_many DIR: a module of one file, one of Rust and C, one whose file has a '-', and one
# in a subfolder; in a git repository
make_many()
{
	mkdir -p "$1/sub"
	rust_module "$1/one.rs" one
	rust_module "$1/main.rs" two "$CALL_TWICE"
	rust_module "$1/da-sh.rs" da_sh
	rust_module "$1/sub/three.rs" three
	cat >"$1/helper.c" <<'END'
// SPDX-License-Identifier: GPL-2.0-or-later
#include "helper.h"

int rkmod_twice(int x)
{
	return 2 * x;
}
END
	echo 'int rkmod_twice(int x);' >"$1/helper.h"
	cat >"$1/Kbuild" <<'END'
obj-m += one.o two.o da-sh.o sub/
two-y := main.o helper.o
END
	echo 'obj-m += three.o' >"$1/sub/Kbuild"
	as_repository "$1"
}

# as_repository DIR: with everything committed
as_repository()
{
	git init -q "$1" && git -C "$1" add -A &&
		git -C "$1" -c user.name=x -c user.email=x@x commit -qm all
	give "$1"
}

# make_pair DIR: giver/ exports a symbol that taker/ uses
make_pair()
{
	mkdir -p "$1/giver" "$1/taker"
	cat >"$1/giver/giver.c" <<'END'
// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/module.h>

int rkmod_twice(int x);
int rkmod_twice(int x)
{
	return 2 * x;
}
EXPORT_SYMBOL_GPL(rkmod_twice);
MODULE_DESCRIPTION("A module for tests");
MODULE_LICENSE("GPL");
END
	rust_module "$1/taker/taker.rs" taker "$CALL_TWICE"
	echo 'obj-m := giver.o' >"$1/giver/Kbuild"
	echo 'obj-m := taker.o' >"$1/taker/Kbuild"
	as_repository "$1"
}

verdicts()
{
	python3 - "$T/stdout" <<'EOF_PY'
import json, os, sys

for m in json.load(open(sys.argv[1]))["modules"]:
    print(os.path.basename(m["file"]), m["verdict"], end=" ")
EOF_PY
}

MANY='da-sh.ko accept one.ko accept three.ko accept two.ko accept '

# test_shapes: in place and into other folders
test_shapes()
{
	local many=$T/many out=$T/out before

	make_many "$many"
	expect 0 'many: builds into another folder' \
		rkmod build --root "$ROOT" --format json --out "$out" "$many"
	same 'many: all modules are accepted' "$MANY" "$(verdicts)"
	same 'many: the repository is clean' '' \
		"$(as_user git -C "$many" status --porcelain --ignored)"
	[ -f "$out/sub/three.ko" ] && [ -f "$out/da-sh.ko" ]
	result $? 'many: they are in the folder, as in the sources'
	before=$(stat -c %Y.%z "$out"/*.ko "$out/sub/three.o")
	expect 0 'many: builds again' rkmod build --root "$ROOT" --out "$out" "$many"
	same 'many: nothing was made anew' "$before" \
		"$(stat -c %Y.%z "$out"/*.ko "$out/sub/three.o")"
	echo '// changed' >>"$many/sub/three.rs"
	before=$(stat -c %z "$out/one.o") changed=$(stat -c %z "$out/sub/three.o")
	expect 0 'many: builds what changed' rkmod build --root "$ROOT" --out "$out" "$many"
	[ "$before" = "$(stat -c %z "$out/one.o")" ] &&
		[ "$changed" != "$(stat -c %z "$out/sub/three.o")" ]
	result $? 'many: and only that'
	as_user git -C "$many" checkout -q .
	expect 0 'many: builds into a folder of the repository' \
		rkmod build --root "$ROOT" --out "$many/build" "$many"
	same 'many: which git does not see' '' "$(as_user git -C "$many" status --porcelain)"
	expect 0 'many: builds in place' rkmod build --root "$ROOT" --format json "$many"
	same 'many: all modules are accepted there, too' "$MANY" "$(verdicts)"
}

# test_extra: exports of another folder
test_extra()
{
	local pair=$T/pair

	make_pair "$pair"
	expect 0 'pair: the one that exports builds' rkmod build --root "$ROOT" "$pair/giver"
	expect 1 'pair: the other one needs it' rkmod build --root "$ROOT" "$pair/taker"
	stderr_has 'pair: by its symbol' rkmod_twice
	expect 0 "pair: builds with KBUILD_EXTRA_SYMBOLS after '--'" \
		rkmod build --root "$ROOT" "$pair/taker" -- \
		KBUILD_EXTRA_SYMBOLS="$pair/giver/Module.symvers"
	stdout_has 'pair: is accepted' 'taker.ko: accept'
	expect 0 'pair: is cleaned' rkmod build --root "$ROOT" "$pair/taker" -- clean
	expect 0 'pair: the same into another folder, the file outside of it' \
		rkmod build --root "$ROOT" --out "$T/taker" "$pair/taker" -- \
		KBUILD_EXTRA_SYMBOLS="$pair/giver/Module.symvers"
	stdout_has 'pair: is accepted there' "$T/taker/taker.ko: accept"
	echo "KBUILD_EXTRA_SYMBOLS := $pair/giver/Module.symvers" >>"$pair/taker/Kbuild"
	expect 0 'pair: builds with KBUILD_EXTRA_SYMBOLS in the makefile' \
		rkmod build --root "$ROOT" "$pair/taker"
	stdout_has 'pair: is accepted again' 'taker.ko: accept'
}
