#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the shells' completions. usage: make.py TABLE FINDINGS OUT-DIR

TABLE is what `rkmod help --format json` prints, FINDINGS `rkmod explain --list --format
json`. Written are rkmod.bash, _rkmod (zsh) and rkmod.fish. What is completed:

    words     alternatives in small letters of an option's value; the first argument
    dirs files modules roots kernels loaded codes    see what() and the texts below

Completion runs no rkmod: names are read from folders.
"""
import json
import os
import sys

BUILT_IN = [("help", "the commands, or the options of one"), ("version", "versions of rkmod and its libraries")]


def what(option):
    """What completes the value of an option: words, or the name of a kind."""
    value = option["value"]
    if value.replace("|", "").islower():
        return value.split("|")
    if option["name"] == "root":
        return "roots"
    if option["name"] == "kernel":
        return "kernels"
    if value == "DIR":
        return "dirs"
    if set(value.replace("=", "|").split("|")) & {"FILE", "PATH"}:
        return "files"
    return "nothing"


def merged(cmd):
    """The options of a command; two of the same name (--format) are one with all words."""
    found = {}
    for option in cmd["options"]:
        option = dict(option, kind=what(option) if option["value"] else None, help=option["help"].split("\n")[0])
        if option["name"] in found:
            found[option["name"]]["kind"] += option["kind"]
        else:
            found[option["name"]] = option
    return list(found.values())


def flags(option):
    return ["--" + option["name"]] + (["-" + option["letter"]] if option["letter"] else [])


# --- bash

BASH = r"""# bash completion of rkmod                                    -*- shell-script -*-
# SPDX-License-Identifier: GPL-2.0-or-later
# Made from the table of rkmod's options.

_rkmod_names()
{
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

_rkmod_below()
{
	local path names=''

	for path in "$@"; do
		[[ ! -d $path ]] || names+=" ${path##*/}"
	done
	_rkmod_names "$names"
}

_rkmod_paths()
{
	compopt -o filenames 2>/dev/null
	mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen "$@" -- "$cur")
}

_rkmod_complete()
{
	local name rest names=''

	case $1 in
	dirs) _rkmod_paths -d ;;
	files) _rkmod_paths -f ;;
	modules)
		_rkmod_paths -f -X '!*.ko'
		_rkmod_paths -f -X '!*.ko.*'
		_rkmod_paths -d
		;;
	roots)
		if [[ $cur == */* ]]; then
			_rkmod_paths -d
		else
			_rkmod_below "${XDG_DATA_HOME:-$HOME/.local/share}"/rkmod/roots/*
		fi
		;;
	kernels) _rkmod_below /lib/modules/* ;;
	loaded)
		[[ -r /proc/modules ]] || return 0
		while read -r name rest; do
			names+=" $name"
		done </proc/modules
		_rkmod_names "$names"
		;;
	codes)
		_rkmod_names '@CODES@'
		_rkmod_paths -f
		;;
	esac
}

# The value of an option that stands before. Return: 1 if it takes none
_rkmod_value()
{
	case $1 in
@VALUES@
	*) return 1 ;;
	esac
}

_rkmod()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local cmd=${COMP_WORDS[1]} options='' words='' kind=nothing

	COMPREPLY=()
	# --format=json is three words to bash
	if [[ $cur == = ]]; then
		cur=''
	elif [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	if ((COMP_CWORD == 1)); then
		_rkmod_names '@COMMANDS@ --help --version'
		return
	fi
	case $cmd in
@CASES@
	help) words='@NAMES@' options=--format ;;
	esac
	if _rkmod_value "$cmd:$prev"; then
		:
	elif [[ $cur == -* ]]; then
		_rkmod_names "$options"
	elif [[ $words ]] && ((COMP_CWORD == 2)); then
		_rkmod_names "$words"
	else
		_rkmod_complete "$kind"
	fi
}

complete -F _rkmod rkmod
"""


def bash(table, codes):
    values = {}
    cases = []
    for cmd in table["commands"]:
        options = []
        for option in merged(cmd):
            options += flags(option)
            if option["value"]:
                kind = option["kind"]
                action = "_rkmod_names '%s'" % " ".join(kind) if isinstance(kind, list) else "_rkmod_complete " + kind
                values.setdefault(action, []).extend("%s:%s" % (cmd["name"], flag) for flag in flags(option))
        cases += [
            "\t%s)" % cmd["name"],
            "\t\toptions='%s'" % " ".join(options),
            "\t\twords='%s'" % " ".join(cmd["words"]),
            "\t\tkind=%s" % cmd["completes"],
            "\t\t;;",
        ]
    values.setdefault("_rkmod_names 'text json'", []).append("help:--format")
    names = " ".join(cmd["name"] for cmd in table["commands"])
    text = BASH.replace("@CODES@", " ".join(codes)).replace("@CASES@", "\n".join(cases))
    text = text.replace("@VALUES@", "\n".join("\t%s) %s ;;" % (" | ".join(p), a) for a, p in values.items()))
    return text.replace("@COMMANDS@", names + " " + " ".join(name for name, _ in BUILT_IN)).replace("@NAMES@", names)


# --- zsh

ZSH = r"""#compdef rkmod
# SPDX-License-Identifier: GPL-2.0-or-later
# Made from the table of rkmod's options.

_rkmod_roots()
{
	local -a names
	names=(${XDG_DATA_HOME:-$HOME/.local/share}/rkmod/roots/*(N/:t))
	_alternative 'roots:root tree:compadd -a names' 'dirs:folder:_files -/'
}

_rkmod_kernels()
{
	local -a names
	names=(/lib/modules/*(N/:t))
	_wanted kernels expl 'kernel release' compadd -a names
}

_rkmod_loaded()
{
	local -a names
	[[ ! -r /proc/modules ]] || names=(${${(f)"$(</proc/modules)"}%% *})
	_wanted modules expl 'loaded module' compadd -a names
}

_rkmod_modules()
{
	_files -g '*.ko(|.gz|.xz|.zst)(-.)'
}

_rkmod_codes()
{
	local -a names
	names=(@CODES@)
	_alternative 'codes:finding:compadd -a names' 'files:file:_files'
}

_rkmod_commands()
{
	local -a names
	names=(
@COMMANDS@
	)
	_describe -t commands command names
}

_rkmod()
{
	local curcontext=$curcontext state state_descr line expl
	typeset -A opt_args

	_arguments -C \
		'(- *)--help[the commands]' \
		'(- *)--version[versions of rkmod and its libraries]' \
		'1:command:_rkmod_commands' \
		'*:: :->arguments' && return
	[[ $state == arguments ]] || return
	curcontext=${curcontext%:*:*}:rkmod-$words[1]:
	case $words[1] in
@CASES@
	help) _arguments '--format[how results are printed]:format:(text json)' '1:command:_rkmod_commands' ;;
	esac
}

_rkmod "$@"
"""

ZSH_KINDS = {
    "nothing": " ",
    "dirs": "_files -/",
    "files": "_files",
    "modules": "_rkmod_modules",
    "roots": "_rkmod_roots",
    "kernels": "_rkmod_kernels",
    "loaded": "_rkmod_loaded",
    "codes": "_rkmod_codes",
}


def zsh_quote(text):
    return "'%s'" % text.replace("'", "'\\''")


def zsh_help(text):
    """Inside of [] and before a colon."""
    for char in ("\\", "[", "]", ":"):
        text = text.replace(char, "\\" + char)
    return text


def zsh_option(option):
    """Each option may be given again."""
    action = ""
    if option["value"]:
        kind = option["kind"]
        words = "(%s)" % " ".join(kind) if isinstance(kind, list) else ZSH_KINDS[kind]
        action = ":%s:%s" % (zsh_help(option["value"].lower()), words)
    return [
        zsh_quote("*%s%s[%s]%s" % (flag, "=" if option["value"] and flag[1] == "-" else "", zsh_help(option["help"]), action))
        for flag in flags(option)
    ]


def zsh(table, codes):
    cases = []
    for cmd in table["commands"]:
        specs = [spec for option in merged(cmd) for spec in zsh_option(option)]
        if cmd["words"]:
            specs.append("'1:action:(%s)'" % " ".join(cmd["words"]))
        if cmd["completes"] != "nothing":
            specs.append("'*:argument:%s'" % ZSH_KINDS[cmd["completes"]])
        cases.append("\t%s)\n\t\t_arguments -s \\\n\t\t\t%s\n\t\t;;" % (cmd["name"], " \\\n\t\t\t".join(specs)))
    commands = [(cmd["name"], cmd["summary"]) for cmd in table["commands"]] + BUILT_IN
    text = ZSH.replace("@CODES@", " ".join(codes)).replace("@CASES@", "\n".join(cases))
    return text.replace(
        "@COMMANDS@", "\n".join("\t\t%s" % zsh_quote("%s:%s" % (n, zsh_help(s))) for n, s in commands)
    )


# --- fish

FISH = r"""# fish completion of rkmod
# SPDX-License-Identifier: GPL-2.0-or-later
# Made from the table of rkmod's options.

function __rkmod_is
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test "$words[2]" = "$argv[1]"
end

# The first argument is still to come.
function __rkmod_first
    test (count (commandline -opc)) -eq 2; and __rkmod_is $argv[1]
end

function __rkmod_none
    test (count (commandline -opc)) -eq 1
end

function __rkmod_roots
    set -l data $XDG_DATA_HOME
    test -n "$data"; or set data ~/.local/share
    string replace -r '.*/([^/]+)/$' '$1' $data/rkmod/roots/*/
    __fish_complete_directories
end

function __rkmod_kernels
    string replace -r '.*/([^/]+)/$' '$1' /lib/modules/*/
end

function __rkmod_loaded
    test -r /proc/modules; and string replace -r ' .*' '' </proc/modules
end

function __rkmod_modules
    set -l start (commandline -ct)
    set -l found $start*.ko $start*.ko.* $start*/
    printf '%s\n' $found
end

complete -c rkmod -f
complete -c rkmod -n __rkmod_none -l help -d 'the commands'
complete -c rkmod -n __rkmod_none -l version -d 'versions of rkmod and its libraries'
complete -c rkmod -n '__rkmod_is help' -l format -x -a 'text json'
"""

FISH_KINDS = {
    "nothing": "-x",
    "dirs": "-x -a '(__fish_complete_directories)'",
    "files": "-r -F",
    "modules": "-x -a '(__rkmod_modules)'",
    "roots": "-x -a '(__rkmod_roots)'",
    "kernels": "-x -a '(__rkmod_kernels)'",
    "loaded": "-x -a '(__rkmod_loaded)'",
}


def fish_quote(text):
    return "'%s'" % text.replace("\\", "\\\\").replace("'", "\\'")


def fish(table, codes):
    lines = []
    for name, summary in [(cmd["name"], cmd["summary"]) for cmd in table["commands"]] + BUILT_IN:
        lines.append("complete -c rkmod -n __rkmod_none -a %s -d %s" % (name, fish_quote(summary)))
    for cmd in table["commands"]:
        lines.append("complete -c rkmod -n '__rkmod_first help' -a %s" % cmd["name"])
        start = "complete -c rkmod -n '__rkmod_is %s'" % cmd["name"]
        for option in merged(cmd):
            letter = " -s " + option["letter"] if option["letter"] else ""
            line = "%s -l %s%s -d %s" % (start, option["name"], letter, fish_quote(option["help"]))
            if option["value"]:
                kind = option["kind"]
                line += " -x -a '%s'" % " ".join(kind) if isinstance(kind, list) else " " + FISH_KINDS[kind]
            lines.append(line)
        if cmd["words"]:
            lines.append("complete -c rkmod -n '__rkmod_first %s' -a '%s'" % (cmd["name"], " ".join(cmd["words"])))
        if cmd["completes"] == "codes":
            lines.append("%s -F -a '%s'" % (start, " ".join(codes)))
        elif cmd["completes"] != "nothing":
            lines.append("%s %s" % (start, FISH_KINDS[cmd["completes"]].replace("-r -F", "-F").replace("-x ", "")))
    return FISH + "\n".join(lines) + "\n"


def main():
    with open(sys.argv[1]) as file:
        table = json.load(file)
    with open(sys.argv[2]) as file:
        codes = [kind["code"] for kind in json.load(file)["codes"]]
    for name, make in (("rkmod.bash", bash), ("_rkmod", zsh), ("rkmod.fish", fish)):
        with open(os.path.join(sys.argv[3], name), "w") as file:
            file.write(make(table, codes))


main()
