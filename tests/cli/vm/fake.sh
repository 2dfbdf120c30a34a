# SPDX-License-Identifier: GPL-2.0-or-later
# A tree with a kernel, a file to load, and a QEMU that only plays the guest program.
. "$CASE_DIR/../kernels/tree.sh"
kdir 6.1.0 CONFIG_X86_64=y
mkdir tree/boot
: >tree/boot/vmlinuz-6.1.0
echo 'no module' >x.ko

# qemu <LINES: what the guest says on its port; NONCE stands for the secret of this run,
# and lines after "console" go to the console
# shellcheck disable=SC2016 # written, not run
qemu() {
	mkdir bin
	{
		echo '#!/bin/sh'
		echo 'while [ "$1" != -initrd ]; do shift; done'
		echo 'nonce=$(grep -ao "nonce [0-9a-f]*" "$2" | cut -c7-)'
		echo "sed -e '/^console/,\$d' -e \"s/NONCE/rkmod1 \$nonce/\" \"\$0.lines\""
		echo "sed '0,/^console/d' \"\$0.lines\" >&2"
	} >bin/qemu-system-x86_64
	cat >bin/qemu-system-x86_64.lines
	chmod +x bin/qemu-system-x86_64
	PATH=$PWD/bin:$PATH
}

vm() {
	rkmod vm --root ./tree --accel tcg "$@" >out 2>&1
	status=$?
	sed -e 's/_ms":.*/_ms": MS/' out
	return $status
}
