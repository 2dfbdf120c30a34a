/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BUILD_WHERE_H
#define RK_BUILD_WHERE_H

#include "lib/base/buf.h"

/* A place in a source file, as a compiler prints it. */
struct rk_where {
	const char *path; /* @path_len bytes of the line it was found in */
	size_t path_len;
	size_t line; /* from 1 */
};

/**
 * rk_where_find() - the place in a line of rustc's or a C compiler's
 *
 * "  --> a.rs:3:9", "  ::: a.rs:3:9", "a.c:3:9: error: ...", "In file included from
 * a.h:3:"; paths of the second kind hold no blank. Return: false if it has none.
 */
bool rk_where_find(const char *line, struct rk_where *ret);

/**
 * rk_where_below() - a path that make printed, as the repository has it
 * @dirs: folders that make may have worked in, absolute; NULL at the end
 * @ret:  relative to @top; NULL if it is no file below @top; free() it
 */
RK_MUST_CHECK int rk_where_below(const char *path, size_t path_len,
				 const char *const *dirs, const char *top, char **ret,
				 struct rk_error *err);

/* Adds the line to @ret, the place in it named from @top. */
RK_MUST_CHECK int rk_where_rebase(const char *line, const char *const *dirs,
				  const char *top, struct rk_buf *ret,
				  struct rk_error *err);

#endif
