#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every module of the stock kernel is accepted against its own kernel, and refused against
# another release as that would refuse it.
. "$(dirname "$0")/../lib.sh"
begin
MODULES=$ROOT/usr/lib/modules/$RELEASE
n=$(find "$MODULES" -name '*.ko.xz' | wc -l)

# tally KEY...: how often which values, of the modules in the JSON of the last command
tally()
{
	python3 - "$T/stdout" "$@" <<'PYTHON'
import collections, json, sys

modules = json.load(open(sys.argv[1]))["modules"]
tally = collections.Counter(tuple(str(m[key]) for key in sys.argv[2:]) for m in modules)
for values, n in tally.most_common():
    print(n, *values)
PYTHON
}

# unsign DIR: the modules as an unsigned build of them would be: packed by nothing, and
# signed by nobody, because the image of the other kernel is not at hand
unsign()
{
	python3 - "$MODULES" "$1" <<'PYTHON'
import lzma, os, sys

MARKER = b"~Module signature appended~\n"
top, out = sys.argv[1:]
for folder, _, names in os.walk(top):
    for name in names:
        if not name.endswith(".ko.xz"):
            continue
        data = lzma.open(os.path.join(folder, name)).read()
        if data.endswith(MARKER):
            size = int.from_bytes(data[-len(MARKER) - 4 : -len(MARKER)], "big")
            data = data[: -len(MARKER) - 12 - size]
        with open(os.path.join(out, name[:-3]), "wb") as file:
            file.write(data)
PYTHON
	give "$1"
}

# untold: modules of the last command whose findings do not name both version magics
untold()
{
	python3 - "$T/stdout" "$RELEASE " "$OTHER " <<'PYTHON'
import json, sys

for module in json.load(open(sys.argv[1]))["modules"]:
    texts = [f["why"] or "" for f in module["findings"]]
    if not any(sys.argv[2] in text and sys.argv[3] in text for text in texts):
        print(module["file"])
PYTHON
}

expect 0 'all modules of a kernel are checked' \
	rkmod check --root "$ROOT" --kernel "$RELEASE" --all --format json
same 'each is accepted, without errno and without taint' "$n accept None " \
	"$(tally verdict errno taints)"

OTHER=$("$TOP/tests/kernel/fetch-other-headers.sh" "$ROOT" "$RELEASE" "$T/other" "$T/apt" \
	2>"$T/apt.log") || {
	echo "# the headers of another release cannot be had: the rest is skipped"
	diag "$T/apt.log"
	finish
}
echo "# the other release is $OTHER"
mkdir "$T/modules"
unsign "$T/modules"
make_module "$T/m"
expect 0 'hello builds' rkmod build --root "$ROOT" "$T/m"
cp "$T/m/hello.ko" "$T/modules/rkmod-test-hello.ko"
expect 1 'they are checked against another release' \
	rkmod check --root "$T/other" --kernel "$OTHER" --format json "$T/modules"
same 'each is refused with ENOEXEC' "$((n + 1)) refuse ENOEXEC" "$(tally verdict errno)"
same 'each names both version magics' '' "$(untold)"
finish
