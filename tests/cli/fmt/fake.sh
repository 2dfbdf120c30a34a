# SPDX-License-Identifier: GPL-2.0-or-later
# A rustfmt in PATH that writes tabs as four blanks, and cannot read "bad".
mkdir bin
cat >bin/rustfmt <<'END'
#!/bin/sh
text=$(cat)
case $text in *bad*) echo 'error: no' >&2; exit 1 ;; esac
printf '%s\n' "$text" | sed 's/\t/    /g'
END
chmod +x bin/rustfmt
PATH=$PWD/bin:$PATH
