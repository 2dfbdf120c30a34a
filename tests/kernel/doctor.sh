#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rkmod doctor on real headers: it says what a build then meets, and names what keeps Rust
# off in Debian's 6.1 and 6.12 from the .config alone.
. "$(dirname "$0")/../lib.sh"
begin

follows()
{
	"$TOP/tests/validate.py" "$TOP/cmd/schema/doctor.json" "$T/stdout" >"$T/why"
	result $? "$1" || diag "$T/why" "$T/stdout"
}

# first_code: of what blocks
first_code()
{
	json lines 0 code
}

# agree CLAIM ARGS...: where doctor sees an end before rustc, the build ends with its code
agree()
{
	local claim=$1 code

	shift
	expect 1 "doctor: $claim" rkmod doctor --format json "$@"
	code=$(first_code)
	expect 2 "build: $claim" rkmod build --format json "$@"
	same "$claim: the same code" "$code" "$(json error code)"
}

make_module "$T/m"

# --- the stock kernel, its metadata in the cache

expect 0 'a build would get to the compiler' \
	rkmod doctor --root "$ROOT" --format json "$T/m"
follows 'the answer follows the schema'
same 'it is ready' true "$(json ready)"
same 'nothing blocks' note "$(json lines 0 state)"
expect 0 'and it does' rkmod build --root "$ROOT" "$T/m"
expect 0 'as text' rkmod doctor --root "$ROOT" "$T/m"
stdout_has 'the compiler is named' 'ok       rustc: '
stdout_has 'the metadata is there' 'ok       metadata: made and kept'

# --- the same without metadata

CACHE=$T/empty-cache expect 0 'metadata can be made' \
	rkmod doctor --root "$ROOT" "$T/m"
stdout_has 'from the source' 'the first build makes it of '
CACHE=$T/empty-cache expect 1 'a source that is not there is told' \
	rkmod doctor --root "$ROOT" --format json --source /nothing "$T/m"
same 'with its code' source-missing "$(first_code)"
echo '{"prepare": false}' >"$T/m/rkmod.json"
give "$T/m/rkmod.json"
CACHE=$T/empty-cache agree 'metadata that may not be made' --root "$ROOT" "$T/m"
rm "$T/m/rkmod.json"

# --- a form of module! that this kernel refuses

make_module "$T/drift"
sed 's/authors: \[\(.*\)\]/author: \1/' "$T/m/hello.rs" >"$T/drift/hello.rs"
give "$T/drift"
expect 0 'a build gets to the compiler' rkmod doctor --root "$ROOT" --format json "$T/drift"
same 'which will refuse it' 'blocks compile api-drift' \
	"$(json lines 0 state) $(json lines 0 step) $(json lines 0 code)"
expect 1 'and does' rkmod build --root "$ROOT" --format json "$T/drift"
same 'with the same code' api-drift "$(json findings 0 code)"

# --- what a build refuses

mkdir "$T/a b" "$T/none"
cp "$T/m/Kbuild" "$T/m/hello.rs" "$T/a b"
give "$T/a b" "$T/none"
agree 'a blank in the path' --root "$ROOT" "$T/a b"
agree 'no Kbuild' --root "$ROOT" "$T/none"
agree 'a release without headers' --root "$ROOT" --kernel 1.2.3 "$T/m"
agree "a compiler that is not the kernel's" --root "$ROOT" --rustc /usr/bin/true "$T/m"

# --- Debian's kernels without Rust

stock()
{
	local release dir=$T/tree-$2

	mkdir -p "$dir/usr"
	release=$("$TOP/tests/kernel/fetch-headers.sh" "$ROOT" "$1" "$2" \
		"$T/apt-$2" "$dir" 2>"$T/fetch")
	case $? in
	0) ;;
	77)
		echo "# $1 has no headers of $2: not tested"
		return
		;;
	*)
		result 1 "headers of $2 can be fetched" || diag "$T/fetch"
		return
		;;
	esac
	echo "# $1: $release"
	expect 1 "Debian's $2 is refused" rkmod doctor --root "$dir" --format json "$T/m"
	same "$2: Rust is off" rust-off "$(first_code)"
	json lines 0 why >"$T/stdout.why"
	shift 2
	for option; do
		has "$T/stdout.why" "it names $option" "$option"
	done
	agree "Debian's $release" --root "$dir" "$T/m"
	stdout_has "$release: the build's error gives the reason" "$option"
}

stock bookworm 6.1 CONFIG_MODVERSIONS CONFIG_RUST_IS_AVAILABLE
stock trixie 6.12 CONFIG_MODVERSIONS CONFIG_RUSTC_VERSION=0
finish
