#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The templates of `rkmod new` as a C table. usage: embed.py OUTPUT FILE..."""
import os
import sys


def literal(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return "".join(f'\n\t "{line}\\n"' for line in escaped.splitlines())


with open(sys.argv[1], "w", encoding="utf-8") as out:
    out.write('#include "lib/repo/template.h"\n\n')
    out.write("const struct rk_template_file rk_template_files[] = {\n")
    for path in sys.argv[2:]:
        folder, name = os.path.split(path)
        with open(path, encoding="utf-8") as file:
            text = literal(file.read())
        out.write(f'\t{{"{os.path.basename(folder)}", "{name}",{text}}},\n')
    out.write("\t{NULL, NULL, NULL},\n};\n")
