/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_REPO_INIT_H
#define RK_REPO_INIT_H

#include "lib/base/buf.h"

/* git init, as the user's own settings have it. Return: 0, -RK_ENOTFOUND (no git),
 * -RK_ETOOL, -RK_ESYS, -RK_ENOMEM. */
RK_MUST_CHECK int rk_repo_init(const char *dir, struct rk_error *err);

/**
 * rk_repo_author() - what the user is called
 * @ret: user.name of git's settings, else by the user's entry or number; only signs that
 *       can stand in a string of Rust and need no escape; free() it
 */
RK_MUST_CHECK int rk_repo_author(char **ret, struct rk_error *err);

#endif
