/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "lib/kernel/index.h"
#include "lib/verdict/byteset.h"

enum {
	GROUP = 64, /* bytes that one slot stands for */
};

struct rk_byteset_slot {
	uint64_t group; /* number of the group + 1, 0: free */
	uint64_t bytes; /* a bit for each */
};

bool rk_byteset_init(struct rk_byteset *set, size_t n_ranges)
{
	size_t n = 16;

	/* A range may lie in two groups; half of the slots stay free. */
	while (n / 4 < n_ranges)
		n *= 2;
	*set = (struct rk_byteset){.slots = calloc(n, sizeof(*set->slots)),
				   .mask = n - 1,
				   .seed = rk_index_seed()};
	return set->slots;
}

void rk_byteset_release(struct rk_byteset *set)
{
	free(set->slots);
	*set = (struct rk_byteset){0};
}

/* Where the group of @offset is, or would be. Seeded: the offsets are somebody else's. */
static struct rk_byteset_slot *find(const struct rk_byteset *set, uint64_t offset)
{
	uint64_t group = offset / GROUP + 1;
	uint64_t hash = (group ^ set->seed) * 0x9e3779b97f4a7c15U;

	hash = (hash ^ hash >> 32 ^ set->seed) * 0x9e3779b97f4a7c15U;
	for (size_t i = hash >> 32;; i++) {
		struct rk_byteset_slot *slot = &set->slots[i & set->mask];

		if (slot->group == group || slot->group == 0)
			return slot;
	}
}

void rk_byteset_add(struct rk_byteset *set, uint64_t offset, size_t size)
{
	for (; size; offset++, size--) {
		struct rk_byteset_slot *slot = find(set, offset);

		slot->group = offset / GROUP + 1;
		slot->bytes |= UINT64_C(1) << (offset % GROUP);
	}
}

size_t rk_byteset_count(const struct rk_byteset *set, uint64_t offset, size_t size)
{
	size_t n = 0;

	for (; size; offset++, size--)
		n += find(set, offset)->bytes >> (offset % GROUP) & 1;
	return n;
}
