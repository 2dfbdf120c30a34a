/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_PIPELINE_ORDER_H
#define RK_PIPELINE_ORDER_H

#include "lib/base/strv.h"

/**
 * rk_pipeline_order() - modules in an order in which they can be loaded
 * @paths: of .ko files
 * @ret:   the same, each behind those of them that its depends= names; else as they were
 *
 * A file that is no module needs none. Return: 0, -RK_ENOTFOUND, -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_pipeline_order(const struct rk_strv *paths, struct rk_strv *ret,
				    struct rk_error *err);

/* Is @name in the list "a,b-c"? '-' and '_' are the same in names of modules. */
bool rk_depends_has(const char *list, const char *name);

#endif
