/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_VERDICT_BYTESET_H
#define RK_VERDICT_BYTESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A set of byte offsets. As large as the number of ranges that are added, wherever they
 * lie: a section may claim to have 2^64 bytes.
 */
struct rk_byteset {
	struct rk_byteset_slot *slots; /* NULL: not made */
	size_t mask;                   /* slots - 1, a power of two */
	uint64_t seed;
};

/* @n_ranges: at most this many are added later, of at most 64 bytes. Return: false if
 * there is no memory. */
bool rk_byteset_init(struct rk_byteset *set, size_t n_ranges);
void rk_byteset_release(struct rk_byteset *set);

void rk_byteset_add(struct rk_byteset *set, uint64_t offset, size_t size);
/* How many of these are in it. */
size_t rk_byteset_count(const struct rk_byteset *set, uint64_t offset, size_t size);

#endif
