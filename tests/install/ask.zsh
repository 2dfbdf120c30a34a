# SPDX-License-Identifier: GPL-2.0-or-later
# What zsh makes of lines: an interactive one on a terminal of its own, in which Tab is
# pressed. usage: zsh -f ask.zsh FOLDER
#
# compadd, which all of its completion functions end in, tells what it would add.
zmodload zsh/zpty
folder=$1
answers=$(mktemp)
trap 'rm -f $answers' EXIT

cat >$answers.rc <<EOF
PS1= PS2= RPS1=
fpath=($folder \$fpath)
autoload -Uz compinit
compinit -D -u
zstyle ':completion:*' list-grouped false
compadd()
{
	local -a found
	local -i dirs
	# -O: only tell; nothing is then added, so that every way is tried.
	if [[ \${@[1,(i)(-|--)]} == *-[a-zA-Z]#[OAD]* ]]; then
		builtin compadd "\$@"
		return
	fi
	builtin compadd -O found "\$@"
	print -rl -- \$found >>$answers
	builtin compadd "\$@"
}
tell()
{
	: >$answers
	zle complete-word
	print -rl -- END >>$answers
	zle kill-buffer
}
zle -C complete-word complete-word _main_complete
zle -N tell
bindkey '^T' tell
EOF
zpty child "TERM=dumb zsh -f -i -V"
zpty -w child "source $answers.rc"
sleep 1
while IFS= read -r line; do
	: >$answers
	zpty -w -n child "$line"$'\C-t'
	for i in {1..100}; do
		# Echoed lines fill the terminal: it would stop when nobody reads them.
		while zpty -r -t child echoed; do :; done
		[[ $(<$answers) != *END ]] || break
		sleep 0.05
	done
	print -r -- "$line"$'\t'"$(grep -v -x -e END -e '-.' -e '' $answers | sort -u | paste -s -d ' ')"
done
rm -f $answers.rc
zpty -d child
