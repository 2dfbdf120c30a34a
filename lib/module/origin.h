/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_MODULE_ORIGIN_H
#define RK_MODULE_ORIGIN_H

#include "lib/base/strv.h"
#include "lib/module/view.h"

/* Who made a module. @view: sections and names are set. */

/* The compilers in .comment, each once: "GCC: (Debian 14.2.0-19) 14.2.0". */
RK_MUST_CHECK int rk_origin_compilers(const struct rk_view *view, struct rk_strv *ret,
				      struct rk_error *err);

/* The text of `rustc --version` in .comment ("rustc 1.85.1 (...)"), NULL if none; free()
 * it. */
RK_MUST_CHECK int rk_origin_rustc(const struct rk_view *view, char **ret,
				  struct rk_error *err);

/* The module! macro was used: its mark is among the symbols. */
bool rk_origin_is_rust(struct rk_bytes symbols, struct rk_bytes strings);

#endif
