#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: destdir.sh BUILD-FOLDER
#
# What `meson install` puts where, and that program, man and the shells find it there.
set -u
build=$1
n=0

# result STATUS CLAIM
result()
{
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
		return 0
	fi
	echo "not ok $n - $2"
	return 1
}

# has FILE...: there, and not empty
has()
{
	local file missing=''

	for file; do
		[ -s "$P/$file" ] || missing+=" $file"
	done
	[ -z "$missing" ]
	result $? "there is $1${2:+ ...}" || echo "# missing:$missing"
}

# skip PROGRAM CLAIM: a claim about a program that is not here is skipped
skip()
{
	! command -v "$1" >/dev/null || return 1
	n=$((n + 1))
	echo "ok $n - $2 # SKIP there is no $1"
}

T=$(mktemp -d) || exit 2
trap 'rm -rf "$T"' EXIT
export HOME=$T/home XDG_CACHE_HOME=$T/cache LC_ALL=C.UTF-8
mkdir "$HOME"
meson install -C "$build" --no-rebuild --quiet --destdir "$T/D" >"$T/log" 2>&1
result $? 'meson install' || sed 's/^/# /' "$T/log"
P=$(dirname "$(dirname "$(find "$T/D" -path '*/bin/rkmod')")")
libexec=$(dirname "$(find "$P" -name rkmod-rustc)")
export RKMOD_LIBEXEC=$libexec PATH=$P/bin:$PATH

has bin/rkmod
[ -x "$libexec/rkmod-rustc" ] && [ -x "$libexec/rkmod-guest" ]
result $? 'there are the helpers' || find "$P" | sed 's/^/# /'
rkmod --version | grep -q '^rkmod [0-9]'
result $? 'the installed program runs'

# shellcheck disable=SC2046 # words
has $(rkmod help | sed -nE 's,^  ([a-z]+) +.*,share/man/man1/rkmod-\1.1,p') \
	share/man/man1/rkmod.1 share/man/man5/rkmod.json.5 share/man/man7/rkmod-findings.7
skip man 'man finds a page' || {
	[ "$(man -M "$P/share/man" -w rkmod-check)" = "$P/share/man/man1/rkmod-check.1" ]
	result $? 'man finds a page'
}
# shellcheck disable=SC2046
has $(cd "$(dirname "$0")/../../cmd" && printf 'share/rkmod/%s\n' schema/*.json) \
	share/rkmod/schema/rkmod.schema.json

skip fish 'fish finds its completions' || {
	[ "$(XDG_DATA_DIRS=$P/share fish -c 'complete -C "rkmod bui"' | cut -f 1)" = build ]
	result $? 'fish finds its completions'
}
skip zsh 'zsh finds its completions' || {
	# shellcheck disable=SC2016 # zsh expands it
	[ "$(zsh -fc 'fpath=($1 $fpath); autoload -Uz compinit; compinit -D -u; print $_comps[rkmod]' \
		zsh "$P/share/zsh/site-functions")" = _rkmod ]
	result $? 'zsh finds its completions'
}
loader=/usr/share/bash-completion/bash_completion
if [ -e $loader ]; then
	# shellcheck disable=SC2016 # the bash inside expands it
	BASH_COMPLETION_USER_DIR=$P/share/bash-completion bash --norc -c \
		'. "$1"; _comp_load rkmod 2>/dev/null || __load_completion rkmod; complete -p rkmod' \
		bash $loader |
		grep -q -e '-F _rkmod rkmod'
	result $? 'bash-completion finds its completions'
else
	has share/bash-completion/completions/rkmod
fi

! find "$T/D" -path "$P" -prune -o -type f -print | sed 's/^/# /' | grep .
result $? 'nothing is outside of the prefix'
! grep -rlI "$build\|$T" "$P/share" | sed 's/^/# /' | grep .
result $? 'no text names the folder of the build'
echo "1..$n"
