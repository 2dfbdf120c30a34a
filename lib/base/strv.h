/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BASE_STRV_H
#define RK_BASE_STRV_H

#include "lib/base/error.h"

/*
 * A list of strings; items is NULL-terminated once something was added, so that it
 * can be an argv. Adding never fails on the spot: rk_strv_check() reports it once.
 */
struct rk_strv {
	char **items;
	size_t n_items;
	size_t cap;  /* entries allocated */
	bool failed; /* memory ran out; nothing is added any more */
};

#define RK_STRV_INIT                                                                     \
	{                                                                                \
		0                                                                        \
	}

/* All add a copy. */
void rk_strv_add(struct rk_strv *strv, const char *text);
void rk_strv_addf(struct rk_strv *strv, const char *fmt, ...) RK_PRINTF(2, 3);
/* Ends with NULL: rk_strv_add_all(&v, "make", "-C", dir, NULL). */
void rk_strv_add_all(struct rk_strv *strv, ...) __attribute__((sentinel));
void rk_strv_add_strv(struct rk_strv *strv, const struct rk_strv *other);

bool rk_strv_contains(const struct rk_strv *strv, const char *text);
void rk_strv_sort(struct rk_strv *strv); /* by strcmp */

/* Return: 0, or -RK_ENOMEM if an addition failed. */
RK_MUST_CHECK int rk_strv_check(const struct rk_strv *strv, struct rk_error *err);

void rk_strv_release(struct rk_strv *strv);
#define cleanup_strv cleanup(rk_strv_release)

#endif
