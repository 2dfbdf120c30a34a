/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_KERNEL_INDEX_H
#define RK_KERNEL_INDEX_H

#include <stdint.h>

#include "lib/base/error.h"

/*
 * Names to positions in an array of structs whose first member is `const char *name`.
 * Open addressing; the hash is seeded, so that names chosen by somebody else cannot make
 * it slow.
 */
struct rk_index {
	struct rk_index_slot *slots;
	size_t mask; /* slots - 1, a power of two */
	uint64_t seed;
};

enum {
	RK_INDEX_NONE = -1,
};

/* @n_items: at most this many are added later. Return: 0, -RK_EFORMAT (over 2^30 items),
 * -RK_ENOMEM. */
RK_MUST_CHECK int rk_index_init(struct rk_index *index, size_t n_items,
				struct rk_error *err);
void rk_index_release(struct rk_index *index);

/**
 * rk_index_add() - enter item @i under its name
 * @items, @stride: the array and the size of its elements
 * Return: RK_INDEX_NONE, or the position that has the name already and keeps it.
 */
int32_t rk_index_add(struct rk_index *index, const void *items, size_t stride, int32_t i);

/* The name of item @i, which was entered for another one, now leads to @i. */
void rk_index_replace(struct rk_index *index, const void *items, size_t stride,
		      int32_t i);

/* Return: the position, or RK_INDEX_NONE. */
int32_t rk_index_find(const struct rk_index *index, const void *items, size_t stride,
		      const char *name);

/* For tables of other forms. */
uint64_t rk_index_seed(void); /* not to be guessed */
uint32_t rk_index_hash(uint64_t seed, const char *name);

#endif
