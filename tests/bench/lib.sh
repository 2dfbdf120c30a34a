# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Shared by the measurements. They run on what tests/run.sh has left (build, root tree,
# metadata): run that first. Figures are ratios of one run, because machines differ.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
work=${RKMOD_TESTS_DIR:-/var/tmp/rkmod-tests-$(id -u)}
export RKMOD_TEST_ROOT=${RKMOD_TEST_ROOT:-$work/data/rkmod/roots/tests/tree}
export RKMOD_TEST_CACHE=${RKMOD_TEST_CACHE:-$work/user/cache}
export RKMOD_TEST_PREFIX=${RKMOD_TEST_PREFIX:-$work/install/usr/local}
if [ ! -x "$RKMOD_TEST_PREFIX/bin/rkmod" ] || [ ! -d "$RKMOD_TEST_ROOT" ]; then
	echo "run tests/run.sh first" >&2
	exit 2
fi

# ms COMMAND ARGS...: sets $took
ms()
{
	local start

	start=$(date +%s%N)
	"$@" >"$T/stdout" 2>"$T/stderr" || {
		cat "$T/stdout" "$T/stderr" >&2
		exit 1
	}
	# shellcheck disable=SC2034 # for the caller
	took=$((($(date +%s%N) - start) / 1000000))
}

# median NUMBER...
median()
{
	printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}

# ratio A B
ratio()
{
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'
}
