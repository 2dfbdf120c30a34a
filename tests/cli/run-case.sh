#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs one case: the lines of CASE.sh in an empty folder, with the program under test in
# PATH, then compares stdout, stderr and the exit status with CASE.out.
#
# usage: run-case.sh PROGRAM CASE        (CASE without its suffix)
# RKMOD_TEST_UPDATE=1 writes CASE.out instead (meson test --setup update).
set -u

program=$1
case=$2
work=$(mktemp -d) || exit 1
work=$(cd "$work" && pwd -P) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/home" "$work/bin" "$work/case" || exit 1
ln -s "$program" "$work/bin/rkmod" || exit 1

# A case sees no settings of the person who runs it.
for name in XDG_CACHE_HOME XDG_STATE_HOME XDG_DATA_HOME RKMOD_ROOT KDIR RUSTC LLVM \
	MAKEFLAGS GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE; do
	unset "$name"
done
export HOME="$work/home" PATH="$work/bin:$PATH" LC_ALL=C CASE_DIR="${case%/*}"
export GIT_CONFIG_NOSYSTEM=1

(cd "$work/case" && sh "$case.sh") >"$work/raw" 2>&1 </dev/null
status=$?
if [ $status -eq 77 ]; then
	cat "$work/raw"
	exit 77
fi
# The folder of this run and of the sources, and the running kernel, have other names
# elsewhere. 126, 127 and signals are never an expected answer.
{
	sed -e "s|$work/case|TMP|g" -e "s|$work/home|HOME|g" -e "s|$CASE_DIR|CASE|g" \
		-e "s|$(uname -r)|RUNNING|g" "$work/raw"
	echo "exit $status"
} >"$work/out"
if [ $status -gt 2 ]; then
	cat "$work/out"
	exit 1
fi
if [ -n "${RKMOD_TEST_UPDATE:-}" ]; then
	cp "$work/out" "$case.out"
	exit 0
fi
diff -u "$case.out" "$work/out"
