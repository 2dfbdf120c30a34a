/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BUILD_SOURCE_H
#define RK_BUILD_SOURCE_H

#include "lib/base/buf.h"
#include "lib/base/strv.h"

/*
 * Where modules are in a repository, and what they are made from.
 */

/* Kbuild, Makefile, *.mk and their kin: what they say is not told by any .cmd file. */
bool rk_build_is_makefile(const char *path);

/* *.h: make's wildcards and conditions find headers that no .cmd file names yet. */
bool rk_build_is_header(const char *path);

/**
 * rk_build_find_folders() - the folders that Kbuild would be called for
 * @top:   absolute
 * @paths: files below it, relative
 * @ret:   absolute, sorted; a folder below another one is not in it: Kbuild descends
 *
 * One is a folder whose Kbuild, or else Makefile, assigns to obj-m or its like.
 * Return: 0, -RK_ENOTFOUND (no-kbuild), -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_build_find_folders(const char *top, const struct rk_strv *paths,
					struct rk_strv *ret, struct rk_error *err);

/**
 * rk_build_parse_cmd() - the files that a .NAME.cmd of Kbuild names as read
 * @dir:  the module's folder, which relative paths start from; absolute
 * @top:  only files below it are told
 * @text: @size bytes, as scripts/basic/fixdep wrote them: "source_X := PATH" and
 *        "deps_X := \", then a path a line; untrusted
 * @ret:  added, relative to @top
 */
RK_MUST_CHECK int rk_build_parse_cmd(const char *dir, const char *top, const char *text,
				     size_t size, struct rk_strv *ret,
				     struct rk_error *err);

/**
 * rk_build_read_inputs() - what the last build of a folder read
 * @ret: added, relative to @top, sorted, each once; links and what they lead to
 * Return: 0, -RK_ENOTFOUND (nothing was built there), -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_build_read_inputs(const char *dir, const char *top,
				       struct rk_strv *ret, struct rk_error *err);

#endif
