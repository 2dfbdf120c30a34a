#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: tests/run.sh [--fast] [SUITE...]
#        tests/run.sh --mutations N [--seed S] [--kernel small] [--demand HOW]
#
# Builds rkmod in every way that counts and runs the test suites: lint, unit, cli, fuzz
# (each target for 20 s), kernel, vm, debian13 (the package, built in a Debian 13 tree
# with unit and cli again, then installed and used in another). --fast is lint, unit and
# cli. Only when asked for: small (holds rkmod check against a kernel with MODVERSIONS).
# Installs what is missing on Debian 12 or 13. The last line is "N passed, N failed, N
# skipped"; the exit status is 1 if any failed, 2 if it could not be done.
#
# --mutations holds rkmod check against the stock kernel for N damaged modules (see
# tests/vm/oracle/README.md). What the kernel said, and the report, are kept in
# $RKMOD_TESTS_DIR/mutations/: stopped, or with a larger N, it goes on where it was.
# --kernel small: against the small kernel of tests/vm/oracle/kernels.sh, which then may
# demand signatures, by sig_enforce or lockdown.
#
# Builds are kept in build-tests/, the root tree, its Rust metadata and scratch files in
# $RKMOD_TESTS_DIR (about 11 GB; default /var/tmp/rkmod-tests-<uid>). Both may be removed
# at any time; a second run reuses them.
set -u -o pipefail
cd "$(dirname "$0")/.." || exit 2
. samples/setup.sh
. tests/lib.sh
. tests/old/kernel.sh

work=${RKMOD_TESTS_DIR:-/var/tmp/rkmod-tests-$(id -u)}
results=build-tests/results.tsv # suite, test, PASS or FAIL or SKIP
suites=()
mutations= # how many to try; empty: the suites
seed=1     # of the mutations
kernel=    # small: not the stock one
demand=    # how the small one demands signatures
builds=() # folders of build-tests/ that were built

TEST_PACKAGES=(busybox-static clang fish git groff-base kmod libclang-rt-dev lintian make mandoc
	openssl pacman-package-manager pre-commit python3 python3-jsonschema rpm shellcheck
	util-linux xz-utils zsh zstd)
LINT_PACKAGES=(clang-format-14 clang-tidy-14) # other versions judge otherwise
# In the Debian 13 tree: there rkmod is built and tested as well, and a kernel is built.
TREE_PACKAGES=("${BUILD_PACKAGES[@]}" busybox-static debhelper git libdw-dev)

# --- Options

parse_options()
{
	while [ $# != 0 ]; do
		case $1 in
		--mutations | --seed)
			[[ ${2-} =~ ^[1-9][0-9]*$ ]] || die "$1 wants a number"
			printf -v "${1#--}" %s "$2"
			shift
			;;
		--kernel | --demand)
			[[ $1=${2-} =~ ^--(kernel=small|demand=(sig_enforce|lockdown))$ ]] ||
				die "$1 wants small, or sig_enforce or lockdown"
			printf -v "${1#--}" %s "$2"
			shift
			;;
		--fast) suites+=(lint unit cli) ;;
		lint | unit | cli | fuzz | kernel | vm | small | debian13) suites+=("$1") ;;
		*) die "no suite '$1'; usage: tests/run.sh [--fast] [SUITE...]" ;;
		esac
		shift
	done
	[ -z "$mutations" ] || suites=(mutations)
	[ ${#suites[@]} != 0 ] || suites=(lint unit cli fuzz kernel vm debian13)
}

wants()
{
	local suite word

	for suite in "${suites[@]}"; do
		for word; do
			[ "$suite" != "$word" ] || return 0
		done
	done
	return 1
}

# --- Results

# record SUITE TEST RESULT
record()
{
	printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$results"
}

count()
{
	cut -f 3 "$results" | grep -c "^$1\$"
}

summary()
{
	grep -P '\t(FAIL|SKIP)$' "$results" | sed 's/^/  /'
	echo "$(count PASS) passed, $(count FAIL) failed, $(count SKIP) skipped"
	[ "$(count FAIL)" = 0 ]
}

# lint NAME COMMAND...: one test of the suite lint
lint()
{
	local name=$1

	shift
	if "$@"; then
		record lint "$name" PASS
	else
		say "lint: $name failed"
		record lint "$name" FAIL
	fi
}

# record_meson_log SUITE-PREFIX FILE: a line for each test of a testlog.json
record_meson_log()
{
	python3 - "$1" "$2" >>"$results" <<'EOF'
import json, sys

prefix, path = sys.argv[1:]
for line in open(path):
    test = json.loads(line)
    name = test["name"]  # "rkmod:unit / buf"
    suite, _, case = name.rpartition(" / ")
    result = {"OK": "PASS", "EXPECTEDFAIL": "PASS", "SKIP": "SKIP"}.get(test["result"], "FAIL")
    print(prefix + suite.rpartition(":")[2], case, result, sep="\t")
EOF
}

# meson_test PREFIX BUILD-FOLDER SUITE|OPTION...: the results of what ran count, and a
# run without any is a failure
meson_test()
{
	local prefix=$1 dir=$2 log=$2/meson-logs/testlog.json suite
	local -a args=()

	shift 2
	for suite; do
		case $suite in
		-*) args+=("$suite") ;;
		*) args+=(--suite "$suite") ;;
		esac
	done
	rm -f "$log"
	say "tests of $dir: $*"
	meson test -C "$dir" --print-errorlogs "${args[@]}"
	if [ -s "$log" ]; then
		record_meson_log "$prefix" "$log"
	else
		record "$prefix$*" 'meson test' FAIL
	fi
}

# --- Builds

# build NAME MESON-ARGS...: into build-tests/NAME; one that fails is a failed test
build()
{
	local name=$1

	shift
	say "building: $name"
	if (build_in "build-tests/$name" -Dwerror=true "$@"); then
		builds+=("$name")
		record build "$name" PASS
	else
		record build "$name" FAIL
	fi
}

# build_all: gcc and clang, for release and with sanitizers
build_all()
{
	local san=-Db_sanitize=address,undefined

	mkdir -p build-tests
	: >"$results"
	build gcc --buildtype=release
	wants lint unit cli || return 0
	build gcc-san $san
	CC=clang build clang --buildtype=release
	CC=clang build clang-san $san -Db_lundef=false
}

run_unit_and_cli()
{
	local name
	local -a which=()

	! wants unit || which+=(unit)
	! wants cli || which+=(cli)
	for name in "${builds[@]}"; do
		meson_test "$name " "build-tests/$name" "${which[@]}"
	done
}

# --- Lint

sources()
{
	git ls-files "$@"
}

check_format()
{
	sources '*.c' '*.h' | grep -v '^samples/\|^tests/.*/forms/' |
		xargs clang-format-14 --dry-run -Werror
}

check_tidy()
{
	sources 'cmd/*.c' 'lib/*.c' 'kbuild-shim/*.c' 'tests/unit/*.c' |
		xargs -P "$(nproc)" -n 4 clang-tidy-14 --quiet -p build-tests/clang-san 2>build-tests/tidy.log
}

check_shell()
{
	sources '*.sh' .ci/run | grep -v '^tests/cli/.*/' | xargs shellcheck -x &&
		sources 'tests/cli/*/*.sh' | xargs shellcheck -s sh
}

run_lint()
{
	say 'lint'
	if [ -n "$(missing_packages "${LINT_PACKAGES[@]}")" ]; then
		record lint clang-format SKIP
		record lint clang-tidy SKIP
	else
		lint clang-format check_format
		lint clang-tidy check_tidy
	fi
	lint shellcheck check_shell
}

# --- The root tree, and rkmod installed where an ordinary user can run it

make_work()
{
	mkdir -p "$work" || die "cannot make '$work'"
	[ -O "$work" ] || die "'$work' belongs to somebody else"
	chmod 755 "$work"
	T=$work/user # what tests/lib.sh calls the scratch folder
	CACHE=$T/cache
	mkdir -p "$T/home" "$T/state" "$CACHE"
	give "$T"
	rm -rf "$work/install"
	meson install -C build-tests/gcc --no-rebuild --quiet --destdir "$work/install" \
		>/dev/null || die 'meson install failed'
	export RKMOD_TEST_PREFIX=$work/install/usr/local
	as_user test -r "$PWD/meson.build" ||
		die "the tests' ordinary user cannot read '$PWD': put it where everybody can, as below /srv"
}

rkmod_root()
{
	XDG_DATA_HOME=$work/data RKMOD_LIBEXEC=$RKMOD_TEST_PREFIX/libexec/rkmod \
		"$RKMOD_TEST_PREFIX/bin/rkmod" root "$@"
}

# Made by the caller, so that for the test user it belongs to somebody else.
make_tree()
{
	local -a include=("${TREE_PACKAGES[@]/#/--include=}")

	say 'the root tree'
	rkmod_root create tests "${include[@]}" || {
		say 'made for something else; anew'
		rkmod_root remove tests
		rkmod_root create tests "${include[@]}"
	} || die 'the root tree could not be made'
	ROOT=$work/data/rkmod/roots/tests/tree
	# Private as rkmod makes them: the test user is to see the tree.
	chmod a+x "$work/data" "$work/data/rkmod" "$work/data/rkmod/roots" "${ROOT%/tree}" ||
		die "no tree in '$ROOT'"
	export RKMOD_TEST_ROOT=$ROOT RKMOD_TEST_CACHE=$CACHE TMPDIR=$work/tmp
	export RKMOD_TEST_KEEP=$work/keep # what is fetched or built once
	mkdir -p "$RKMOD_TEST_KEEP"
	mkdir -p "$TMPDIR"
	chmod 1777 "$TMPDIR"
}

make_metadata()
{
	say "the kernel's Rust metadata"
	rkmod prepare --root "$ROOT" || die 'rkmod prepare failed'
}

# Without it its tests skip, and this one failed.
make_old()
{
	say 'an old kernel: its tree'
	if make_old_tree "$work" rkmod_root && say 'an old kernel: the kernel' &&
		make_old_kernel; then
		record kernel 'old kernel' PASS
		export RKMOD_TEST_OLD_ROOT=$OLD_ROOT
	else
		record kernel 'old kernel' FAIL
	fi
}

# Here, because no test may take that long. Without it its tests skip, and this one failed.
make_small()
{
	say 'a small kernel'
	if (
		begin
		. tests/vm/oracle/bases.sh
		. tests/vm/oracle/kernels.sh
		make_small_kernel "$RKMOD_TEST_KEEP/kernels"
	); then
		record kernel 'small kernel' PASS
	else
		record kernel 'small kernel' FAIL
	fi
}

# --- Fuzzing

# Instrumented, and only what it needs. What is found stays in the folder.
build_fuzz()
{
	CC=clang configure_in "$1" -Dwerror=true -Db_sanitize=address,undefined \
		-Db_lundef=false -Dc_args=-fsanitize=fuzzer-no-link
	ninja --quiet -C "$1" fuzz
}

run_fuzz()
{
	local dir=build-tests/fuzz

	say 'building: fuzz'
	if (build_fuzz "$dir"); then
		record build fuzz PASS
		meson_test '' "$dir" fuzz --no-rebuild
	else
		record build fuzz FAIL
	fi
}

# --- Inside the Debian 13 tree

# As a distribution builds it: the package, whose build runs unit and cli. Objects of a
# run before are kept.
run_in_tree()
{
	local dir=$work/debian13 src=$work/debian13/rkmod log

	say 'the package, with unit and cli, inside the Debian 13 tree'
	mkdir -p "$src"
	find "$src" -mindepth 1 -maxdepth 1 ! -name 'obj-*' -exec rm -rf {} +
	rm -rf "$dir"/rkmod[-_]* "$src"/obj-*/meson-logs
	sources -z | tar --null --files-from=- -cf - | tar -xf - -C "$src"
	bwrap --tmpfs / --ro-bind "$ROOT/usr" /usr --ro-bind "$ROOT/etc" /etc \
		--ro-bind "$ROOT/var/lib/dpkg" /var/lib/dpkg --symlink usr/bin /bin \
		--symlink usr/lib /lib --symlink usr/lib64 /lib64 --symlink usr/sbin /sbin \
		--proc /proc --dev /dev --tmpfs /tmp --tmpfs /run --bind "$dir" "$dir" \
		--chdir "$src" --unshare-pid --unshare-net --die-with-parent --clearenv \
		--setenv HOME /tmp --setenv PATH /usr/bin:/bin:/usr/sbin:/sbin \
		--setenv DEB_CFLAGS_APPEND -Werror \
		--setenv DEB_BUILD_OPTIONS "parallel=$(nproc)" \
		dpkg-buildpackage --ignore-builtin-builddeps -us -uc -b -nc
	log=$(find "$src" -path '*/meson-logs/testlog.json')
	if [ -s "$log" ]; then
		record_meson_log 'debian13 ' "$log"
	else
		record debian13 build FAIL
	fi
	RKMOD_TEST_DEB=$dir meson_test '' build-tests/gcc debian13
}

# --- All of it

run_kernel_and_vm()
{
	local -a which=()

	! wants kernel || which+=(kernel)
	! wants vm || which+=(vm)
	# At the same time: half of either is done by one processor.
	! wants vm || make_small &
	make_metadata
	make_old
	wait
	meson_test '' build-tests/gcc "${which[@]}"
}

run_small()
{
	make_small
	meson_test '' build-tests/gcc small
}

# One file of answers for each kernel and seed: the bases belong to the kernel.
run_mutations()
{
	local dir

	[ "$kernel" = small ] || make_metadata
	dir=$work/mutations/$(kernel_release)${kernel:+-$kernel}${demand:+-$demand}
	mkdir -p "$dir"
	say "$mutations mutations with seed $seed; the report is $dir/seed-$seed.txt"
	RKMOD_MUTATE=$PWD/build-tests/gcc/tests/vm/oracle/mutate \
		RKMOD_ORACLE_KERNEL=$kernel RKMOD_ORACLE_DEMAND=$demand \
		RKMOD_ORACLE_COUNT=$mutations RKMOD_ORACLE_SEED=$seed \
		RKMOD_ORACLE_RESULTS=$dir/seed-$seed.jsonl RKMOD_ORACLE_BASES=$dir/bases \
		bash tests/vm/oracle.sh | tee "$dir/seed-$seed.txt"
	if [ "${PIPESTATUS[0]}" = 0 ]; then
		record mutations "$mutations with seed $seed" PASS
	else
		record mutations "$mutations with seed $seed" FAIL
	fi
}

parse_options "$@"
need_packages "${BUILD_PACKAGES[@]}" "${RUN_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
if wants lint && apt-cache show "${LINT_PACKAGES[@]}" >/dev/null 2>&1; then
	need_packages "${LINT_PACKAGES[@]}"
fi
build_all
! wants lint || run_lint
! wants unit cli || run_unit_and_cli
! wants fuzz || run_fuzz
if wants mutations kernel vm small debian13 && [ "${builds[0]:-}" = gcc ]; then
	make_work
	make_tree
	! wants mutations || run_mutations
	! wants kernel vm || run_kernel_and_vm
	! wants small || run_small
	! wants debian13 || run_in_tree
fi
summary
