#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the man pages. usage: make.py TABLE FINDINGS SCHEMA PAGE...

The PAGEs are written, and have to be those that there are. TABLE is what `rkmod help
--format json` prints, FINDINGS `rkmod explain --list --format json`, SCHEMA that of
rkmod.json. What is no table is the prose, PAGE.md beside this file:

    # DESCRIPTION           a section; OPTIONS are put behind the first, the rest follows
    A paragraph, with `words as typed` and *placeholders*.

        an example, four blanks before it

    `term`
    : what it is; more lines, indented by two, follow

A page without prose gets all that is in the tables. The same input gives the same bytes;
the date is SOURCE_DATE_EPOCH's if it is set, else that of the release.
"""
import datetime
import json
import os
import re
import sys
import textwrap

RELEASED = "2026-11-20"  # the version that meson.build names

EXIT_STATUS = """# EXIT STATUS

`0`
: Yes, or done.

`1`
: The answer is no: findings, a failed build, a module that was not loaded.

`2`
: It could not be done.
"""


# --- roff


def escape(text, typed=False):
    """Text as roff. @typed: to be copied by the reader, so every byte is itself."""
    text = text.replace("\\", "\\e")
    if typed:
        for char, name in (("-", "\\-"), ("^", "\\(ha"), ("~", "\\(ti"), ("`", "\\(ga"), ("'", "\\(aq")):
            text = text.replace(char, name)
    return text


def guard(line):
    """A line of text is no request."""
    return "\\&" + line if line[:1] in (".", "'") else line


def inline(text):
    """`typed` is bold, *placeholder* is italic; in all else - is a hyphen."""
    out = []
    for part in re.split(r"(`[^`]+`|\*[^*\s][^*]*\*)", text):
        if part.startswith("`") and part.endswith("`") and len(part) > 1:
            out.append("\\fB%s\\fR" % escape(part[1:-1], typed=True))
        elif part.startswith("*") and part.endswith("*") and len(part) > 1:
            out.append("\\fI%s\\fR" % escape(part[1:-1], typed=True))
        else:
            out.append(re.sub(r"(?<!\w)--?(?=\w)", lambda m: "\\-" * len(m[0]), escape(part)))
    return guard("".join(out))


def italic_args(args):
    """Arguments of a usage line: WORDS IN CAPITALS stand for something."""
    return re.sub(r"[A-Z]{2,}", lambda m: "\\fI%s\\fR" % m[0], escape(args, typed=True))


def header(name, section, version, manual):
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    date = datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc).date() if epoch else RELEASED
    return [
        '.\\" SPDX-License-Identifier: GPL-2.0-or-later',
        '.TH %s %s "%s" "rkmod %s" "%s"' % (escape(name, True).upper(), section, date, version, manual),
    ]


def wrap(lines):
    """Long lines of text in several; requests, their tags and examples as they are."""
    example = False
    before = ""
    for line in lines:
        example = (example or line == ".EX") and line != ".EE"
        if example or before == ".TP" or line.startswith("."):
            yield line
        else:
            yield from map(guard, textwrap.wrap(line, 79, break_long_words=False, break_on_hyphens=False))
        before = line


# --- Prose


def sections(text):
    """[(title, lines)] of a prose file."""
    found = []
    for line in text.splitlines():
        if line.startswith("<!--"):
            continue
        if line.startswith("# "):
            found.append((line[2:].strip(), []))
        elif found:
            found[-1][1].append(line)
    return found


def blocks(lines):
    """Runs of lines without an empty one between; an example may have some."""
    run = []
    for line in lines + [""]:
        if line.strip():
            run.append(line)
        elif run:
            yield run
            run = []


def prose(lines):
    out = []
    fresh = True  # no space is wanted under a heading
    for block in blocks(lines):
        if all(line.startswith("    ") for line in block):
            out += [".PP", ".RS 4", ".EX"] if not fresh else [".RS 4", ".EX"]
            out += [guard(escape(line[4:], typed=True)) for line in block]
            out += [".EE", ".RE"]
        elif len(block) > 1 and block[1].startswith(": "):
            body = [block[1][2:]] + [line.strip() for line in block[2:]]
            out += [".TP", inline(block[0]), *(inline(line) for line in body)]
        else:
            if not fresh:
                out.append(".PP")
            out += [inline(line.strip()) for line in block]
        fresh = False
    return out


def read_prose(page):
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), page + ".md")
    if not os.path.exists(path):
        return []
    with open(path) as file:
        return sections(file.read())


def put_sections(found):
    out = []
    for title, lines in found:
        out += [".SH %s" % title, *prose(lines)]
    return out


def see_also(found, others):
    """The prose's own, and those that every page has."""
    own = [" ".join(lines).split() for title, lines in found if title == "SEE ALSO"]
    names = [name.strip(",`") for name in sum(own, [])] + others
    names = list(dict.fromkeys(names))
    out = [".SH SEE ALSO"]
    for i, name in enumerate(names):
        base, section = name[:-1].split("(")
        out.append(".BR %s (%s)%s" % (escape(base, True), section, "" if i == len(names) - 1 else " ,"))
    return out


# --- Pages


def sentence(text):
    text = text.replace("\n", " ")
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def put_option(option):
    names = ["\\-\\-" + escape(option["name"], True)]
    if option["letter"]:
        names.insert(0, "\\-" + option["letter"])
    line = ", ".join("\\fB%s\\fR" % name for name in names)
    if option["value"]:
        values = [
            ("\\fB%s\\fR" if word.islower() else "\\fI%s\\fR") % escape(word, True)
            for word in option["value"].split("|")
        ]
        line += " " + "|".join(values)
    return [".TP", line, guard(escape(sentence(option["help"])))]


def is_common(table, option):
    return all(option in cmd["options"] for cmd in table["commands"])


def command_page(table, cmd):
    name = "rkmod-" + cmd["name"]
    found = read_prose(name)
    titles = [title for title, _ in found]
    own = [option for option in cmd["options"] if not is_common(table, option)]
    common = [option for option in cmd["options"] if is_common(table, option)]
    out = header(name, 1, table["version"], "rkmod")
    out += [".SH NAME", "%s \\- %s" % (escape(name, True), escape(cmd["summary"]))]
    out += [".SH SYNOPSIS", "\\fBrkmod %s\\fR [\\fIOPTION\\fR]... %s" % (cmd["name"], italic_args(cmd["args"]))]
    out[-1] = out[-1].rstrip()
    if "DESCRIPTION" in titles:
        out += put_sections([s for s in found if s[0] == "DESCRIPTION"])
    else:
        out += [".SH DESCRIPTION", guard(escape(sentence(cmd["summary"])))]
    out.append(".SH OPTIONS")
    for option in own:
        out += put_option(option)
    if own:
        out.append(".SS Of every command")
    for option in common:
        out += put_option(option)
    if cmd["note"]:
        out += [".PP", guard(escape(cmd["note"]))]
    out += put_sections([s for s in found if s[0] not in ("DESCRIPTION", "SEE ALSO")])
    if "EXIT STATUS" not in titles:
        out += put_sections(sections(EXIT_STATUS))
    return out + see_also(found, ["rkmod(1)", "rkmod.json(5)", "rkmod-findings(7)"])


def main_page(table):
    found = read_prose("rkmod")
    out = header("rkmod", 1, table["version"], "rkmod")
    out += [".SH NAME", "rkmod \\- build, check and load out-of-tree Rust kernel modules"]
    out += [".SH SYNOPSIS", "\\fBrkmod\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIARGUMENT\\fR]...", ".br"]
    out += ["\\fBrkmod help\\fR [\\fB\\-\\-format text\\fR|\\fBjson\\fR] [\\fICOMMAND\\fR]", ".br"]
    out += ["\\fBrkmod \\-\\-version\\fR"]
    out += put_sections([s for s in found if s[0] == "DESCRIPTION"])
    out.append(".SH COMMANDS")
    for cmd in table["commands"]:
        out += [".TP", "\\fBrkmod\\-%s\\fR(1)" % cmd["name"], guard(escape(sentence(cmd["summary"])))]
    out += [".SH OPTIONS", "These are taken by every command, after its name."]
    for option in table["commands"][0]["options"]:
        if is_common(table, option):
            out += put_option(option)
    out += put_sections([s for s in found if s[0] not in ("DESCRIPTION", "SEE ALSO")])
    pages = ["rkmod-%s(1)" % cmd["name"] for cmd in table["commands"]]
    return out + see_also(found, pages + ["rkmod.json(5)", "rkmod-findings(7)"])


def put_key(key, schema):
    kind = schema.get("type", "")
    if kind == "array":
        kind = "array of %ss" % schema["items"].get("type", "value")
    values = schema.get("additionalProperties")
    if kind == "object" and isinstance(values, dict):
        kind = "object of " + ", ".join('"%s"' % value for value in values.get("enum", []))
    out = [".TP", "\\fB%s\\fR (%s)" % (escape(key, True), escape(kind))]
    out.append(guard(escape(sentence(schema["description"]))))
    if "$comment" in schema:
        out.append(guard(inline(schema["$comment"])))
    if "default" in schema:
        out.append("The default is %s." % json.dumps(schema["default"]))
    return out


def json_page(table, schema):
    found = read_prose("rkmod.json")
    out = header("rkmod.json", 5, table["version"], "rkmod")
    out += [".SH NAME", "rkmod.json \\- what rkmod is to use in a repository"]
    out += [".SH DESCRIPTION", guard(escape(schema["description"]))]
    out += prose([line for title, lines in found if title == "DESCRIPTION" for line in [""] + lines])
    out.append(".SH KEYS")
    for key, value in schema["properties"].items():
        out += put_key(key, value)
    out += put_sections([s for s in found if s[0] not in ("DESCRIPTION", "SEE ALSO")])
    return out + see_also(found, ["rkmod(1)", "rkmod-config(1)"])


def findings_page(table, findings):
    found = read_prose("rkmod-findings")
    out = header("rkmod-findings", 7, table["version"], "rkmod")
    out += [".SH NAME", "rkmod\\-findings \\- what rkmod reports, with causes and cures"]
    out += put_sections([s for s in found if s[0] == "DESCRIPTION"])
    out.append(".SH FINDINGS")
    for kind in findings["codes"]:
        out += [".TP", "\\fB%s\\fR (%s)" % (escape(kind["code"], True), kind["severity"])]
        out += [guard(escape(sentence(kind["title"])))]
        for text in (kind["cause"], kind["cure"]):
            out += [".IP", guard(escape(sentence(text)))]
    out += put_sections([s for s in found if s[0] not in ("DESCRIPTION", "SEE ALSO")])
    return out + see_also(found, ["rkmod(1)", "rkmod-explain(1)", "rkmod-check(1)"])


def read_json(path):
    with open(path) as file:
        return json.load(file)


def main():
    table, findings, schema = (read_json(path) for path in sys.argv[1:4])
    pages = {"rkmod-%s.1" % cmd["name"]: command_page(table, cmd) for cmd in table["commands"]}
    pages["rkmod.1"] = main_page(table)
    pages["rkmod.json.5"] = json_page(table, schema)
    pages["rkmod-findings.7"] = findings_page(table, findings)
    paths = {os.path.basename(path): path for path in sys.argv[4:]}
    if set(paths) != set(pages):
        wrong = ", ".join(sorted(set(paths) ^ set(pages)))
        sys.exit("%s: rkmod_commands of cmd/meson.build is not what `rkmod help` lists" % wrong)
    for name, lines in pages.items():
        with open(paths[name], "w") as file:
            file.write("\n".join(wrap(lines)) + "\n")


main()
