#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Medians of two commands that take turns: wall time, CPU time and peak memory.

usage: side-by-side.py WORD LIMIT RUNS COMMAND [ARG]... -- COMMAND [ARG]...

LIMIT is for the ratio of wall times. The ratio of CPU times says how much work is done;
on a machine that is busy with other things it is the only one that means something.
"""
import os
import statistics
import sys
import time


def run(argv):
    start = time.monotonic()
    null = os.open(os.devnull, os.O_RDWR)
    pid = os.posix_spawnp(argv[0], argv, os.environ,
                          file_actions=[(os.POSIX_SPAWN_DUP2, null, 1),
                                        (os.POSIX_SPAWN_DUP2, null, 2)])
    _, status, usage = os.wait4(pid, 0)
    wall = time.monotonic() - start
    os.close(null)
    if status:
        sys.exit(f"{' '.join(argv)}: wait status {status}")
    return wall * 1000, (usage.ru_utime + usage.ru_stime) * 1000, usage.ru_maxrss / 1024


def main():
    word, limit, runs = sys.argv[1:4]
    split = sys.argv.index("--")
    commands = (sys.argv[4:split], sys.argv[split + 1:])
    for command in commands:  # fills the caches
        run(command)
    samples = ([], [])
    for _ in range(int(runs)):
        for command, sample in zip(commands, samples):
            sample.append(run(command))
    medians = [[statistics.median(column) for column in zip(*sample)] for sample in samples]
    (wall, cpu, memory), (other_wall, other_cpu, other_memory) = medians
    print(f"{word:9} {wall:8.1f} : {other_wall:8.1f} ms, ratio {wall / other_wall:.2f} "
          f"(at most {limit}); CPU {cpu / other_cpu:.2f}; "
          f"memory {memory:.0f} : {other_memory:.0f} MiB, {memory / other_memory:.2f}")


main()
