/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "lib/kernel/index.h"

struct rk_index_slot {
	uint32_t hash; /* saves most comparisons of names */
	int32_t item;  /* RK_INDEX_NONE: free */
};

static uint64_t mix(uint64_t hash, uint64_t factor)
{
	hash *= factor;
	return hash ^ hash >> 32;
}

/* Eight bytes at a step: names of Rust symbols are 60 to 170 bytes long. */
uint32_t rk_index_hash(uint64_t seed, const char *name)
{
	size_t len = strlen(name);
	uint64_t factor = 0x9e3779b97f4a7c15U ^ seed << 1; /* odd */
	uint64_t hash = seed ^ len;
	uint64_t word;

	for (; len >= sizeof(word); name += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, name, sizeof(word));
		hash = mix(hash ^ word, factor);
	}
	word = 0;
	memcpy(&word, name, len);
	hash = mix(hash ^ word, factor);
	return (uint32_t)(hash ^ (hash >> 32));
}

static const char *name_at(const void *items, size_t stride, int32_t i)
{
	const char *name;

	memcpy(&name, (const char *)items + stride * (size_t)i, sizeof(name));
	return name;
}

uint64_t rk_index_seed(void)
{
	struct timespec now = {0};
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) == (ssize_t)sizeof(seed))
		return seed;
	clock_gettime(CLOCK_MONOTONIC, &now); /* early at boot: better than nothing */
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

int rk_index_init(struct rk_index *index, size_t n_items, struct rk_error *err)
{
	size_t n_slots = 16;

	if (n_items > (size_t)1 << 30)
		return rk_error_set(err, RK_EFORMAT, "%zu names are too many", n_items);
	while (n_slots < n_items * 2)
		n_slots *= 2;
	index->slots = malloc(n_slots * sizeof(*index->slots));
	if (!index->slots)
		return rk_error_nomem(err);
	/* RK_INDEX_NONE in each. */
	memset(index->slots, 0xff, n_slots * sizeof(*index->slots));
	index->mask = n_slots - 1;
	index->seed = rk_index_seed();
	return 0;
}

void rk_index_release(struct rk_index *index)
{
	free(index->slots);
	*index = (struct rk_index){0};
}

/* The slot that has @name, or the free one where it belongs. */
static struct rk_index_slot *probe(const struct rk_index *index, const void *items,
				   size_t stride, const char *name, uint32_t hash)
{
	for (size_t at = hash & index->mask;; at = (at + 1) & index->mask) {
		struct rk_index_slot *slot = &index->slots[at];

		if (slot->item == RK_INDEX_NONE)
			return slot;
		if (slot->hash == hash &&
		    strcmp(name_at(items, stride, slot->item), name) == 0)
			return slot;
	}
}

int32_t rk_index_add(struct rk_index *index, const void *items, size_t stride, int32_t i)
{
	const char *name = name_at(items, stride, i);
	uint32_t hash = rk_index_hash(index->seed, name);
	struct rk_index_slot *slot = probe(index, items, stride, name, hash);

	if (slot->item != RK_INDEX_NONE)
		return slot->item;
	*slot = (struct rk_index_slot){.hash = hash, .item = i};
	return RK_INDEX_NONE;
}

void rk_index_replace(struct rk_index *index, const void *items, size_t stride, int32_t i)
{
	const char *name = name_at(items, stride, i);

	probe(index, items, stride, name, rk_index_hash(index->seed, name))->item = i;
}

int32_t rk_index_find(const struct rk_index *index, const void *items, size_t stride,
		      const char *name)
{
	if (!index->slots)
		return RK_INDEX_NONE;
	return probe(index, items, stride, name, rk_index_hash(index->seed, name))->item;
}
