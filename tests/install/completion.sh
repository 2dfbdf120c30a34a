#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: completion.sh bash|fish|zsh RKMOD FOLDER
#
# The completions of FOLDER tried in the shell itself: what it makes of a line, and that
# it knows every command and every option of --help. Skips where there is no such shell.
set -u
shell=$1
rkmod=$2
folder=$3
here=$(cd "$(dirname "$0")" && pwd)
n=0

if ! command -v "$shell" >/dev/null; then
	echo "1..0 # SKIP there is no $shell"
	exit 0
fi
T=$(mktemp -d) || exit 2
trap 'rm -rf "$T"' EXIT
mkdir -p "$T/home" "$T/data/rkmod/roots/trixie" "$T/work/drivers" "$T/bin"
touch "$T/work/hello.ko" "$T/work/hello.rs"
ln -s "$rkmod" "$T/bin/rkmod"
export HOME=$T/home XDG_DATA_HOME=$T/data PATH=$T/bin:$PATH LC_ALL=C
unset XDG_CONFIG_HOME XDG_CACHE_HOME
cd "$T/work" || exit 2

# result STATUS CLAIM
result()
{
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
	fi
}

# Lines to complete are read, "LINE<TAB>CANDIDATE..." is printed for each, sorted.
ask()
{
	case $shell in
	bash) bash --norc "$here/ask.bash" "$folder/rkmod.bash" ;;
	fish) fish --no-config "$here/ask.fish" "$folder/rkmod.fish" ;;
	zsh) zsh -f "$here/ask.zsh" "$folder" ;;
	esac
}

# wants LINE CANDIDATE...: exactly these, whatever the order
declare -a lines=() wanted=()
wants()
{
	lines+=("$1")
	shift
	wanted+=("$(printf '%s\n' "$@" | sort | paste -s -d ' ')")
}

options_of()
{
	"$rkmod" "$1" --help | grep -oE '^  (-., |    )--[a-z0-9-]+' | grep -o -e '--.*' | sort -u
}

for command in $("$rkmod" help | sed -nE 's/^  ([a-z]+) +.*/\1/p'); do
	# shellcheck disable=SC2046 # words
	wants "rkmod $command --" $(options_of "$command")
done
wants 'rkmod bui' build
wants 'rkmod build --no-' --no-prepare
wants 'rkmod build --format ' github gitlab json text
wants 'rkmod vm --format ' json text
wants 'rkmod vm --accel t' tcg
wants 'rkmod build --color a' always auto
wants 'rkmod hook ' install status uninstall
wants 'rkmod root c' create
wants 'rkmod explain vermagic-' vermagic-missing
wants 'rkmod build --root t' trixie
wants 'rkmod build d' drivers
wants 'rkmod check h' hello.ko
wants 'rkmod load ' drivers hello.ko
wants 'rkmod status no-such-' # /proc/modules may be missing
wants 'rkmod check --cert h' hello.ko hello.rs
wants 'rkmod help expl' explain
# A value that nothing is known of is not filled with something else.
wants 'rkmod build --jobs '
case $shell in
bash | fish) wants 'rkmod build --format=js' json ;;
esac

printf '%s\n' "${lines[@]}" | ask >"$T/answers" 2>"$T/errors"
[ ! -s "$T/errors" ]
result $? "$shell says nothing on stderr"
sed 's/^/# /' "$T/errors"
# Some put a slash behind folders themselves, others leave it to the shell.
mapfile -t answers < <(cut -f 2 "$T/answers" | sed -E 's,/( |$),\1,g')
for i in "${!lines[@]}"; do
	[ "${answers[i]-}" = "${wanted[i]}" ]
	result $? "'${lines[i]}'"
	[ "${answers[i]-}" = "${wanted[i]}" ] ||
		printf '# wanted: %s\n# got:    %s\n' "${wanted[i]}" "${answers[i]-}"
done
echo "1..$n"
