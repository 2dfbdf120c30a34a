#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Which compiler built a kernel, told by its Module.symvers alone: real compilers of three
# Debian suites, real kernels' files, and symbols that a compiler itself has made.
. "$(dirname "$0")/../lib.sh"
begin
fetch=$TOP/tests/kernel/fetch-rustc.sh
tree=${RKMOD_TEST_KEEP:-$T}/rustc
all=(--rustc /usr/bin/rustc-12 --rustc /usr/bin/rustc-stable --rustc /usr/bin/rustc-sid)

# with_rustc COMMAND...: a compiler of the tree, $T writable
with_rustc()
{
	bwrap --ro-bind "$tree/usr" /usr --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
		--dev /dev --proc /proc --bind "$T" "$T" --chdir "$T" --unshare-net "$@"
}

# take_trees_rustc: the compiler of the test's own root tree, too
take_trees_rustc()
{
	local lib=usr/lib/x86_64-linux-gnu

	cp -L "$ROOT/usr/bin/rustc" "$tree/usr/bin/rustc-stable"
	(cd "$ROOT" && find $lib -maxdepth 1 \( -name 'librustc_driver*' -o -name 'libLLVM*' \
		-o -name 'libxml2.so*' -o -name 'libicu*.so*' -o -name 'liblzma.so*' \
		-o -name 'libedit.so*' -o -name 'libz3.so*' \) -print0 |
		xargs -0 cp -an --parents -t "$tree")
}

if [ ! -e "$tree/complete" ]; then
	rm -rf "$tree"
	mkdir -p "$tree"
	chmod 755 "$tree"
	if ! { "$fetch" "$tree" sid sid 'linux-headers-[0-9].*-cloud-amd64' &&
		"$fetch" "$tree" 12 bookworm && take_trees_rustc; } >"$T/log" 2>&1; then
		diag "$T/log"
		skip_all 'the compilers of other suites cannot be fetched (offline?)'
	fi
	: >"$tree/complete"
fi

# own_symvers NAME: Module.symvers of a symbol that this compiler gives a crate core
own_symvers()
{
	cat >"$T/core.rs" <<'END'
#![feature(no_core, lang_items)]
#![no_core]
#[lang = "sized"]
pub trait Sized {}
pub fn export() {}
END
	with_rustc --setenv RUSTC_BOOTSTRAP 1 "/usr/bin/rustc-$1" --crate-name core --crate-type lib \
		--emit obj -Csymbol-mangling-version=v0 -Cpanic=abort -o "$T/core.o" "$T/core.rs" \
		>"$T/compile" 2>&1 || diag "$T/compile"
	nm "$T/core.o" | sed -n 's/.* T \(_R.*\)/0x00000000\t\1\tvmlinux\tEXPORT_SYMBOL_GPL\t/p'
}

# identifies NAME FILE: exactly this compiler is said to have built it
identifies()
{
	expect 0 "$1 is found by $(basename "$(dirname "$2")")'s Module.symvers alone" \
		rkmod kernels --root "$tree" --symvers "$2" "${all[@]}" --format json
	same 'and it is the one' "/usr/bin/rustc-$1" "$(json rustc)"
	same 'and no other one' 1 "$(grep -c '"built_kernel":.*true' "$T/stdout")"
	"$TOP/tests/validate.py" "$TOP/cmd/schema/kernels-symvers.json" "$T/stdout" >"$T/why"
	result $? 'the answer follows the schema' || diag "$T/why"
}

version()
{
	with_rustc "/usr/bin/rustc-$1" --version
}

unstable=$(echo "$tree"/usr/src/linux-headers-*-cloud-amd64)
mkdir "$T/stable" "$T/unstable" "$T/old"
cp "$ROOT$KDIR/Module.symvers" "$T/stable/"
cp "$unstable/Module.symvers" "$T/unstable/"
own_symvers 12 >"$T/old/Module.symvers"
echo "# 12: $(version 12)"
echo "# stable: $(version stable)"
echo "# sid: $(version sid)"
same "the unstable kernel's configuration names the compiler of unstable" \
	"CONFIG_RUSTC_VERSION_TEXT=\"$(version sid)\"" \
	"$(grep ^CONFIG_RUSTC_VERSION_TEXT= "$unstable/.config")"
identifies stable "$T/stable/Module.symvers"
identifies sid "$T/unstable/Module.symvers"
identifies 12 "$T/old/Module.symvers"
# A kernel that rustc 1.63 built, where the tests have one.
for kdir in ${RKMOD_TEST_OLD_KDIR:-}; do
	mkdir -p "$T/6.1"
	cp "$kdir/Module.symvers" "$T/6.1/"
	identifies 12 "$T/6.1/Module.symvers"
done

expect 1 'the others are none of them' rkmod kernels --root "$tree" \
	--symvers "$T/unstable/Module.symvers" --rustc /usr/bin/rustc-12 --rustc rustc-stable
same 'each is said not to be the one' 2 "$(grep -c 'not this one' "$T/stdout")"
finish
