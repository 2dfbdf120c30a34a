# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC1090
# bash asked as it asks the function when Tab is pressed. usage: bash ask.bash FILE
. "$1"
# Outside of line editing there is nobody to tell it to.
compopt()
{
	:
}
spec=$(complete -p rkmod)
[[ $spec == *'-F _rkmod '* ]] || exit 1
while IFS= read -r line; do
	# As bash splits them: = is a word of its own.
	read -ra COMP_WORDS <<<"${line//=/ = }"
	[[ $line != *' ' ]] || COMP_WORDS+=('')
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_rkmod
	# Options of one letter are not asked about.
	printf '%s\t%s\n' "$line" "$(printf '%s\n' "${COMPREPLY[@]}" |
		grep -v -x -e '-.' | sort -u | paste -s -d ' ')"
done
