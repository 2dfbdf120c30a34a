/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_REPO_HOOK_H
#define RK_REPO_HOOK_H

#include "lib/base/buf.h"

/* What stands in the place of the pre-commit hook. */
enum rk_hook_state {
	RK_HOOK_NONE,  /* nothing, or a sample that git does not run */
	RK_HOOK_OURS,  /* rkmod's */
	RK_HOOK_OTHER, /* somebody else's */
};

struct rk_hook {
	char *path; /* of the hook, whether it is there or not */
	char *kept; /* where a hook that was there before is kept and called from */
	enum rk_hook_state state;
	bool has_kept;
	bool elsewhere; /* core.hooksPath leads out of this repository's .git: rkmod does
			   not write there, others may use it too */
};
void rk_hook_release(struct rk_hook *hook);

/**
 * rk_hook_find() - the pre-commit hook of the repository around a folder
 *
 * That of all its work trees: git has one hooks folder for them.
 * Return: 0, -RK_ENOTFOUND (git-repository), -RK_ETOOL, -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_hook_find(const char *dir, struct rk_hook *hook,
			       struct rk_error *err);

/**
 * rk_hook_text() - the shell script that git runs
 * @program: rkmod's own path, absolute
 */
RK_MUST_CHECK int rk_hook_text(const char *program, char **ret, struct rk_error *err);

/**
 * rk_hook_install() - put the hook in place; one that is there is kept and called first
 *
 * Ours is written anew, so that it names this program.
 * Return: 0, -RK_EREFUSED (hook-elsewhere; hook-kept: two others would have to be kept),
 * -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_hook_install(struct rk_hook *hook, const char *program,
				  struct rk_error *err);

/* Takes ours away and puts back what was there before. Return: 0 also if it is not there,
 * -RK_EREFUSED (hook-elsewhere), -RK_ESYS, -RK_ENOMEM. */
RK_MUST_CHECK int rk_hook_uninstall(struct rk_hook *hook, struct rk_error *err);

#endif
