/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "lib/base/memory.h"

enum {
	HUGE_SIZE = 2 << 20,
	WORTH_IT = 1 << 20,
};

void *rk_memory_alloc(size_t size, size_t *ret_size)
{
	size_t whole = size;
	void *memory;

	if (size < WORTH_IT || size > SIZE_MAX / 2)
		memory = malloc(size);
	else {
		whole = (size + HUGE_SIZE - 1) / HUGE_SIZE * HUGE_SIZE;
		memory = aligned_alloc(HUGE_SIZE, whole);
		/* Advice: nothing is lost without. */
		if (memory)
			madvise(memory, whole, MADV_HUGEPAGE);
	}
	if (ret_size)
		*ret_size = whole;
	return memory;
}
