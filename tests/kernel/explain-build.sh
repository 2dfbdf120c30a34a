#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rkmod build says what a failure means, in the words of the kernel it builds for; and
# nothing more than make does when nothing is wrong.
. "$(dirname "$0")/../lib.sh"
begin
make_module "$T/m"
cp "$T/m/hello.rs" "$T/hello.rs"

build()
{
	rkmod build --root "$ROOT" "$@" "$T/m"
}

# --- A source in the form of another kernel

# form CLAIM CODE WORDS SED-SCRIPT
form()
{
	sed "$4" "$T/hello.rs" >"$T/m/hello.rs"
	expect 1 "$1: the build fails" build
	grep -qF "[$2]" "$T/stdout" && grep -qF -e "$3" "$T/stdout"
	result $? "$1: explained" || diag "$T/stdout" "$T/stderr"
}

drift()
{
	form "$1" api-drift "$2" "$3"
}

drift 'author' 'authors came with 6.15' 's/authors: .*/author: "me",/'
stderr_has 'the compiler is heard' 'error: unknown key "author"'
stderr_has 'the log is named' "/rkmod/build/m-"
stdout_has 'the text is kept' 'text: error: unknown key "author"'
stdout_has 'the kernel is named' "(this is $RELEASE)"
drift 'byte strings' 'without b' 's/name: "/name: b"/'
drift 'alias' 'alias: ["..."]' 's/license: .*/&\n    alias: "x",/'
drift 'permissions' "the old 'rust' branch" \
	's/license: .*/&\n    params: { a: i64 { default: 1, permissions: 0, description: "x" }, },/'
drift 'the order of keys' 'in this order' 's/type: Hello,/name: "hello",/;t;s/name: .*/type: Hello,/'
drift 'no comma' 'add the comma' 's/license: "GPL",/license: "GPL"/'
drift 'a key of nobody' "has no key 'versoin'" 's/license: .*/&\n    versoin: "1",/'
drift 'no name' "add 'name'" '/name: "hello",/d'
drift 'init with a name' "init(name, module)" 's/fn init(/fn init(_name: \&CStr, /'
drift 'not Send' 'must be Send' 's/struct Hello;/struct Hello(*mut u8);/'
drift 'try_push' 'push(value, GFP_KERNEL)' \
	's/Ok(Hello)/let mut v: KVec<u8> = KVec::new(); v.try_push(1)?; Ok(Hello)/'
drift 'try_new' 'KBox::new' 's/Ok(Hello)/let _b = KBox::try_new(1)?; Ok(Hello)/'
drift 'Vec' 'KVec<T>' 's/^struct/type V = Vec<u8>;\nstruct/'
drift 'alloc' 'kernel::alloc' 's/^use kernel::prelude/extern crate alloc;\n&/'
drift 'c_char of core' 'kernel::ffi::c_char' \
	's/Ok(Hello)/let p: *const core::ffi::c_char = core::ptr::null(); let _q: *const kernel::ffi::c_char = p; &/'
drift 'ARef' 'kernel::sync::aref::ARef' 's/^use kernel::prelude/use kernel::types::ARef;\n&/'
drift 'CStr' 'to_str for as_str' 's/Ok(Hello)/let c: \&CStr = c"x"; let _ = c.as_str(); &/'
drift 'c_str!' 'was never in the prelude' 's/Ok(Hello)/let _c = c_str!("x"); &/'
drift 'kernel::fmt!' 'fmt!(...)' 's/Ok(Hello)/let _ = kernel::fmt!("x"); &/'
drift 'kernel::vtable' 'macro of the prelude' 's/^struct/#[kernel::vtable]\ntrait T {}\n&/'
drift '#[pin_data]' 'before the struct' \
	's/impl kernel::Module for/impl kernel::InPlaceModule for/;s/Result<Self>/impl PinInit<Self, Error>/;s/Ok(Hello)/try_pin_init!(Self {})/'
form 'no license' license-missing 'license: "GPL"' '/license: /d'
form 'a license that is not GPL' symbol-gpl-only 'EXPORT_SYMBOL_GPL' 's/"GPL"/"Proprietary"/'
form 'a feature' feature-refused 'let_chains' 's/^use kernel::prelude/#![feature(let_chains)]\n&/'
form 'a crate from elsewhere' metadata-crate 'no libserde.rmeta' \
	's/^use kernel::prelude/extern crate serde;\n&/'
form 'a function that nobody has' symbol-undefined 'KBUILD_EXTRA_SYMBOLS' \
	's/Ok(Hello)/extern "C" { fn nobody_has_it(); } unsafe { nobody_has_it() }; &/'

# What is not known is shown all the same.
sed 's/Ok(Hello)/Ok(Hallo)/' "$T/hello.rs" >"$T/m/hello.rs"
expect 1 'an error of its own: the build fails' build
stderr_has 'it is heard' 'Ok(Hallo)'
same 'nothing is made up' '' "$(cat "$T/stdout")"

sed 's/authors: .*/author: "me",/' "$T/hello.rs" >"$T/m/hello.rs"
expect 1 'JSON: the build fails' build --format json
"$TOP/tests/validate.py" "$TOP/cmd/schema/build.json" "$T/stdout" >"$T/why"
result $? 'JSON: follows the schema' || diag "$T/why"
same 'JSON: has the code' api-drift "$(json findings 0 code)"
log=$(json log)
has "$log" 'JSON: the log has it all' 'error: unknown key "author"'
expect 0 'the log can be explained' rkmod explain --format json "$log"
"$TOP/tests/validate.py" "$TOP/cmd/schema/explain.json" "$T/stdout" >"$T/why"
result $? 'explain: follows the schema' || diag "$T/why"

cp "$T/hello.rs" "$T/m/hello.rs"
expect 1 'LLVM=1 on a kernel built with gcc' build --force --llvm 1
stdout_has 'LLVM=1: by its code' '[llvm-missing]'
stdout_has 'LLVM=1: leave it out' "leave LLVM '1' out"

# --- Nothing wrong: nothing more than make says

copy_kdir_with_metadata "$T/kdir" || exit 2
bind_over_kdir "$T/kdir"
make_module "$T/m"

# as_make CLAIM
as_make()
{
	rm -f "$T"/m/*.o "$T"/m/*.ko
	in_tree "$T/m" make -C "$KDIR" M="$T/m" >"$T/make.out" 2>"$T/make.err"
	result $? "$1: make builds it" || diag "$T/make.err"
	rm -f "$T"/m/*.o "$T"/m/*.ko
	expect 0 "$1: rkmod builds it" build
	same "$1: stderr is make's" "$(cat "$T/make.err")" "$(cat "$T/stderr")"
	same "$1: stdout is the verdict" "$T/m/hello.ko: accept" "$(cat "$T/stdout")"
}

as_make 'hello'
sed -i '/description: /d' "$T/m/hello.rs"
as_make 'without description'
grep -q MODULE_DESCRIPTION "$T/stderr"
result $? 'without description: make warned'

rm "$T/kdir/Module.symvers"
expect 1 'no Module.symvers' build
stdout_has 'no Module.symvers: by its code' '[symvers-missing]'
stdout_has 'no Module.symvers: the package' "linux-headers-$RELEASE"
finish
