/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_VERDICT_SIBLINGS_H
#define RK_VERDICT_SIBLINGS_H

#include "lib/module/exports.h"
#include "lib/module/module.h"

/*
 * The modules beside the judged one, which are taken to be loaded before it: what they
 * export, and whether they taint. Made once for all that are judged together.
 */
enum {
	RK_MODULE_NAME_SIZE = 56, /* MODULE_NAME_LEN */
};

struct rk_sibling {
	const struct rk_module *module; /* whose this is; not followed, NULL: not set */
	struct rk_module_exports exports;
	char *names; /* what the exports point into */
	char name[RK_MODULE_NAME_SIZE + 1];
	bool proprietary;
};

struct rk_siblings {
	struct rk_sibling *items; /* in the order of loading */
	size_t n_items;
};

/* Room for @n modules. @ret: rk_siblings_release(), whatever is returned. */
RK_MUST_CHECK int rk_siblings_init(struct rk_siblings *ret, size_t n,
				   struct rk_error *err);
void rk_siblings_release(struct rk_siblings *siblings);

/**
 * rk_siblings_set() - what the @i-th module offers
 * @module: its bytes are needed for the call only
 * Threads may set different ones. Return: 0 (also if it is no module), -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_siblings_set(struct rk_siblings *siblings, size_t i,
				  const struct rk_module *module, struct rk_error *err);

#endif
