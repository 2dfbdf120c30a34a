# SPDX-License-Identifier: GPL-2.0-or-later
# Trees as those of kernels/, a module's folder, and doctor without what the machine that
# runs the tests decides: QEMU, make.
. "$CASE_DIR/../kernels/tree.sh"
mkdir m
echo 'obj-m := m.o' >m/Kbuild

# rust RELEASE LINE...: as kdir, with Rust
rust() {
	release=$1
	shift
	kdir "$release" CONFIG_X86_64=y CONFIG_HAVE_RUST=y CONFIG_RUST=y \
		'CONFIG_RUSTC_VERSION_TEXT="rustc 1.85.1 (4eb161250 2025-03-15) (built from a source tarball)"' "$@"
}

doctor() {
	rkmod doctor "$@" >out 2>err
	status=$?
	cat err
	awk '/^[^ ]/ { skip = $2 == "vm:" || $2 == "make:" } !skip' out
	return $status
}

# codes OPTIONS...: what doctor says would end a build, and what ended it
codes() {
	for command in doctor build; do
		rkmod $command --format json "$@" 2>/dev/null >out
		echo "$command: exit $?, $(sed -n 's/.*"code":.*"\(.*\)",*$/\1/p' out | head -n 1)"
	done
}
