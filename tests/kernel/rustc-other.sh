#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Another rustc than the kernel's is refused before anything is built, by its whole
# version text.
. "$(dirname "$0")/../lib.sh"
begin
make_module "$T/m"
text=$(sed -n 's/^CONFIG_RUSTC_VERSION_TEXT="\(.*\)"$/\1/p' "$ROOT$KDIR/.config")

# fake_rustc FILE TEXT: the tree's compiler under another version text
fake_rustc()
{
	cat >"$1" <<EOF
#!/bin/sh
[ "\$*" = --version ] && echo '$2' && exit
exec /usr/bin/rustc.real "\$@"
EOF
	chmod 755 "$1"
}

fake_rustc "$T/rustc" "${text%% (*} (4eb161250 2025-03-15)"
real=$(readlink -f "$ROOT/usr/bin/rustc")
BINDS=(--ro-bind "$T/rustc" "$real")
expect 2 'the same release without the suffix is refused' rkmod build --root "$ROOT" "$T/m"
stderr_has 'it says which text is wanted' "$text"
[ ! -e "$T/m/hello.o" ]
result $? 'nothing was compiled'

fake_rustc "$T/rustc" 'rustc 1.96.0 (ac68faa20 2026-05-25)'
expect 2 'a newer one is refused' rkmod build --root "$ROOT" "$T/m"
stderr_has 'it says what was found' 'rustc 1.96.0'
stderr_has 'it names a package' 'rustc'

BINDS=()
expect 0 'the right one builds' rkmod build --root "$ROOT" "$T/m"
echo 1.80.0 >"$T/m/rust-toolchain"
expect 0 'so it does beside a file for rustup' rkmod build --root "$ROOT" "$T/m"
stdout_has 'which is reported where it names another one' "asks for rustc 1.80.0, and kernel"
finish
