#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Which compiler built a kernel, told by its Module.symvers alone: real compilers of three
# Debian suites, real kernels' files, and symbols that a compiler itself has made.
. "$(dirname "$0")/../lib.sh"
begin
fetch=$TOP/tests/kernel/fetch-rustc.sh
tree=${RKMOD_TEST_KEEP:-$T}/rustc
all=(--rustc /usr/bin/rustc-stable --rustc /usr/bin/rustc-sid)

# with_rustc COMMAND...: a compiler of the tree, $T writable
with_rustc()
{
	bwrap --ro-bind "$tree/usr" /usr --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
		--dev /dev --proc /proc --bind "$T" "$T" --chdir "$T" --unshare-net "$@"
}

# take_rustc NAME ROOT: the compiler of a root tree, with the libraries that it needs
take_rustc()
{
	local lib=usr/lib/x86_64-linux-gnu

	cp -L "$2/usr/bin/rustc" "$tree/usr/bin/rustc-$1" || return
	(cd "$2" && find $lib -maxdepth 1 \( -name 'librustc_driver*' -o -name 'libstd-*' \
		-o -name 'libtest-*' -o -name 'libLLVM*' -o -name 'libxml2.so*' -o -name 'libicu*.so*' \
		-o -name 'liblzma.so*' -o -name 'libedit.so*' -o -name 'libz3.so*' \) -print0 |
		xargs -0 cp -an --parents -t "$tree")
}

# take_rustup: a toolchain for rustup, whose proxy is /usr/bin/rustc
take_rustup()
{
	local bin=$tree/opt/rustup/toolchains/mine/bin

	mkdir -p "$bin"
	cp "$tree/usr/bin/rustc-stable" "$bin/rustc"
	[ "$(readlink "$tree/usr/bin/rustc")" = rustup ]
}

make_tree()
{
	"$fetch" "$tree" sid sid 'linux-headers-[0-9].*-cloud-amd64' rustup &&
		take_rustc stable "$ROOT" && take_rustup &&
		{ [ -z "$old" ] || take_rustc old "$old"; }
}

old=${RKMOD_TEST_OLD_ROOT:-}
key=$(stat -L -c '%s %Y' "$ROOT/usr/bin/rustc" ${old:+"$old/usr/bin/rustc"})
[ -z "$old" ] || all+=(--rustc /usr/bin/rustc-old)
if [ "$(cat "$tree/complete" 2>/dev/null)" != "$key" ]; then
	rm -rf "$tree"
	mkdir -p "$tree"
	chmod 755 "$tree"
	if ! make_tree >"$T/log" 2>&1; then
		diag "$T/log"
		skip_all 'the compiler of unstable cannot be fetched (offline?)'
	fi
	echo "$key" >"$tree/complete"
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
mkdir "$T/stable" "$T/unstable" "$T/own"
cp "$ROOT$KDIR/Module.symvers" "$T/stable/"
cp "$unstable/Module.symvers" "$T/unstable/"
echo "# stable: $(version stable)"
echo "# sid: $(version sid)"
same "the unstable kernel's configuration names the compiler of unstable" \
	"CONFIG_RUSTC_VERSION_TEXT=\"$(version sid)\"" \
	"$(grep ^CONFIG_RUSTC_VERSION_TEXT= "$unstable/.config")"
identifies stable "$T/stable/Module.symvers"
identifies sid "$T/unstable/Module.symvers"
own_symvers stable >"$T/own/Module.symvers"
identifies stable "$T/own/Module.symvers"
if [ -n "$old" ]; then
	echo "# old: $(version old)"
	own_symvers old >"$T/own/Module.symvers"
	identifies old "$T/own/Module.symvers"
	mkdir "$T/old"
	cp "$old"/usr/src/linux-headers-*/Module.symvers "$T/old/"
	identifies old "$T/old/Module.symvers"
else
	echo '# no old kernel: RKMOD_TEST_OLD_ROOT is not set'
fi

expect 1 'the others are none of them' rkmod kernels --root "$tree" \
	--symvers "$T/stable/Module.symvers" "${all[@]:2}"
same 'each is said not to be the one' "$((${#all[@]} / 2 - 1))" "$(grep -c 'not this one' "$T/stdout")"

expect 0 "rustup's proxy stands for its toolchains" \
	as_user env RUSTUP_HOME=/opt/rustup "$RKMOD_TEST_PREFIX/bin/rkmod" kernels --root "$tree" \
	--symvers "$T/stable/Module.symvers" --rustc /usr/bin/rustc --format json
same 'and is none itself' '/opt/rustup/toolchains/mine/bin/rustc' "$(json rustc)"
same 'so that nothing else was run' 1 "$(json candidates | grep -o '"path"' | wc -l)"
finish
