/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_REPO_REPO_H
#define RK_REPO_REPO_H

#include "lib/base/buf.h"
#include "lib/base/strv.h"

/**
 * rk_repo_top() - the top folder of the git work tree that a folder is in
 * @ret: absolute; NULL if the folder is in none; free() it
 *
 * libgit2 is opened only if a ".git" stands above @dir that is not as git makes it.
 * Return: 0, -RK_ETOOL (libgit2 missing), -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_repo_top(const char *dir, char **ret, struct rk_error *err);

/* The version of the libgit2 that is used, added to @ret. */
RK_MUST_CHECK int rk_libgit2_version(struct rk_buf *ret, struct rk_error *err);

#endif
