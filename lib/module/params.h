/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_MODULE_PARAMS_H
#define RK_MODULE_PARAMS_H

#include "lib/base/buf.h"
#include "lib/base/strv.h"
#include "lib/module/modinfo.h"

/* "name=...", where a file would have a '/' or '.' before the '='. */
bool rk_param_is_one(const char *word);

/**
 * rk_param_add() - a parameter as the kernel's list of them wants it
 * @word: "name=value", or a name alone
 *
 * The kernel splits its list at blanks outside of double quotes, and has no escapes: a
 * value with both cannot be given (-RK_EFORMAT, parameter-value). Return: 0 also if
 * memory ran out, which @params tells.
 */
RK_MUST_CHECK int rk_param_add(struct rk_buf *params, const char *word,
			       struct rk_error *err);

/**
 * rk_param_names() - the names that a module has parameters for, in @ret
 * Those that every module takes (dyndbg, async_probe) are not among them.
 */
RK_MUST_CHECK int rk_param_names(const struct rk_modinfo *info, struct rk_strv *ret,
				 struct rk_error *err);
/* Whether the loader knows the name of "name=value": '-' and '_' are one. */
bool rk_param_is_known(const struct rk_strv *names, const char *word);

#endif
