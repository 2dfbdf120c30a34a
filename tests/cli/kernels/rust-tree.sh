# SPDX-License-Identifier: GPL-2.0-or-later
# Kernels with Rust, as distributions have them.
. "$CASE_DIR/tree.sh"
text='rustc 1.85.1 (4eb161250 2025-03-15) (built from a source tarball)'

# distribution ID: whose tree it is
distribution() {
	mkdir -p tree/etc
	echo "ID=$1" >tree/etc/os-release
}

# headers DIR RELEASE: a KDIR
headers() {
	mkdir -p "$1/include/config"
	echo "$2" >"$1/include/config/kernel.release"
	printf 'VERSION = 7\nPATCHLEVEL = 1\nSUBLEVEL = 6\n' >"$1/Makefile"
	printf 'CONFIG_%s\n' X86_64=y RUST=y "RUSTC_VERSION_TEXT=\"$text\"" >"$1/.config"
	cp "$1/.config" "$1/include/config/auto.conf"
}

# metadata DIR: what rustc reads
metadata() {
	mkdir -p "$1"
	for crate in core compiler_builtins bindings kernel; do
		printf "rust\0\0\0\011........\\$(printf %o ${#text})%s\301" "$text" >"$1/lib$crate.rmeta"
	done
	touch "$1/libmacros.so"
}
