#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The three usual forms of a module repository, and the three ways to name a root tree.
. "$(dirname "$0")/../lib.sh"
begin

for form in kbuild objm kernelrelease; do
	mkdir "$T/$form"
	cp "$TOP/tests/kernel/forms/$form"/* "$TOP/tests/kernel/forms/form.rs" "$T/$form"
	give "$T/$form"
	expect 0 "$form: builds with --root" rkmod build --root "$ROOT" "$T/$form"
	stdout_has "$form: its module is accepted" 'form.ko: accept'
done

RKMOD_ROOT=$ROOT expect 0 'RKMOD_ROOT names the tree' rkmod build "$T/objm"

in_repository()
{
	cd "$T/kbuild" && rkmod build
}

git init -q "$T/kbuild"
echo "{ \"root\": \"$ROOT\" }" >"$T/kbuild/rkmod.json"
give "$T/kbuild"
expect 0 'rkmod.json names the tree' in_repository
finish
