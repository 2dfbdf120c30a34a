# SPDX-License-Identifier: GPL-2.0-or-later
# What fish makes of lines. usage: fish ask.fish FILE
source $argv[1]
while read -l line
    set -l found (complete -C "$line" | string replace -r '\t.*' '' | string match -rv '^-.$' | sort -u)
    # It completes the word: --format=js gets --format=json.
    printf '%s\t%s\n' "$line" (string join ' ' -- (string replace -r '^--[a-z]*=' '' -- $found))
end
