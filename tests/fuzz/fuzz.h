/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_TESTS_FUZZ_FUZZ_H
#define RK_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Each target defines it; the names are libFuzzer's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* Targets that have to prepare something. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Also in release builds, where assert() is nothing. */
#define MUST(condition)                                                                  \
	do {                                                                             \
		if (!(condition))                                                        \
			abort();                                                         \
	} while (0)

#endif
