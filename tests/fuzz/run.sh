#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs one fuzz target. A finding is a failure, and its input is kept.
#
# usage: run.sh PROGRAM FOLDER
#   FOLDER  with seeds/NAME; gets corpus/NAME and found/NAME-*
# From the environment: FUZZ_SECONDS, 20 if not set.
set -u
program=$1 dir=$2
name=${program##*/fuzz-}
options=(-max_total_time="${FUZZ_SECONDS:-20}" -timeout=10 -rss_limit_mb=2048
	-artifact_prefix="$dir/found/$name-" -print_final_stats=1)

[ ! -e "$(dirname "$0")/$name.dict" ] || options+=(-dict="$(dirname "$0")/$name.dict")
mkdir -p "$dir/corpus/$name" "$dir/found"
log=$dir/found/$name.log
"$program" "${options[@]}" "$dir/corpus/$name" "$dir/seeds/$name" >"$log" 2>&1
status=$?
if [ "$status" != 0 ]; then
	tail -n 60 "$log"
	echo "fuzz-$name found something: $(grep -o 'Test unit written to .*' "$log")"
	exit 1
fi
grep -E '^stat::number_of_executed|cov: ' "$log" | tail -n 2
