/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_VERDICT_LAYOUT_H
#define RK_VERDICT_LAYOUT_H

#include "lib/verdict/judge.h"

/* Where loaded sections come to lie: kernel/module/main.c: layout_sections(). */
enum rk_region {
	RK_REGION_TEXT,
	RK_REGION_RODATA,
	RK_REGION_RO_AFTER_INIT,
	RK_REGION_DATA,
	RK_REGION_INIT_TEXT,
	RK_REGION_INIT_RODATA,
	RK_REGION_INIT_DATA,
	RK_N_REGIONS,
	RK_REGION_NONE = RK_N_REGIONS,
};

struct rk_place {
	enum rk_region region; /* RK_REGION_NONE: not loaded */
	uint32_t offset;       /* in the region */
};

struct rk_layout {
	struct rk_place *places; /* by section; NULL: not known */
	uint32_t sizes[RK_N_REGIONS];
};

/**
 * rk_layout_byte() - the section that has a byte of a region
 * Return: its index with @ret_offset in it, 0 for none: padding, which is zero.
 */
size_t rk_layout_byte(const struct rk_judge *judge, enum rk_region region,
		      uint64_t position, uint64_t *ret_offset);

#endif
