/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BASE_GITVARS_H
#define RK_BASE_GITVARS_H

/*
 * `git rev-parse --local-env-vars`, NULL at the end. In a hook they are set, and a git
 * that a child runs would work on the wrong repository: no child gets them.
 */
extern const char *const rk_git_local_variables[];

#endif
