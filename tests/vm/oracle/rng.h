/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_ORACLE_RNG_H
#define RK_ORACLE_RNG_H

#include <stddef.h>
#include <stdint.h>

/* splitmix64: the same numbers on every machine, from one 64-bit seed. */
struct rng {
	uint64_t state;
};

static inline uint64_t rng_next(struct rng *rng)
{
	uint64_t z = rng->state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

/* A number below @n, 0 if @n is 0. */
static inline uint64_t rng_below(struct rng *rng, uint64_t n)
{
	return n ? rng_next(rng) % n : 0;
}

/* A stream of its own for each (seed, index). */
static inline struct rng rng_of(uint64_t seed, uint64_t index)
{
	struct rng rng = {seed * 0xd1342543de82ef95 + index};

	rng_next(&rng);
	return rng;
}

/* One of the values that go wrong most: 0, -1, powers of two and their neighbours, and
 * neighbours of @old; now and then any number. */
static inline uint64_t rng_odd(struct rng *rng, uint64_t old)
{
	switch (rng_below(rng, 6)) {
	case 0:
		return old + 1 + rng_below(rng, 16);
	case 1:
		return old - 1 - rng_below(rng, 16);
	case 2:
		return (UINT64_C(1) << rng_below(rng, 64)) - rng_below(rng, 2);
	case 3:
		return rng_below(rng, 2) ? 0 : UINT64_MAX;
	case 4:
		return old ^ (UINT64_C(1) << rng_below(rng, 64));
	default:
		return rng_next(rng) >> rng_below(rng, 64);
	}
}

#endif
