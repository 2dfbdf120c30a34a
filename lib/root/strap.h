/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_ROOT_STRAP_H
#define RK_ROOT_STRAP_H

#include "lib/root/apt.h"

/*
 * Only for lib/root: mmdebstrap, run in namespaces of its own. Mounts it leaves behind
 * vanish with them; for an ordinary user uid 0 inside is the user himself, so that the
 * tree's files are his and lie in a private folder (mmdebstrap's own mode "unshare"
 * gives them to a subordinate id that cannot enter one).
 */

/* Are the programs there, and can the namespaces be made?
 * Return: 0, -RK_ETOOL (root-tool, root-subids, root-failed), -RK_ESYS, -RK_ENOMEM. */
RK_MUST_CHECK int rk_strap_check(struct rk_error *err);

struct rk_strap {
	const char *suite;
	const char *dir; /* does not exist yet */
	const struct rk_apt *apt;
	const struct rk_strv *packages;
	int lock_fd; /* held open by what runs, so that nobody clears up under it */
};
/* Return: 0, -RK_ETOOL (root-failed, with its last lines), -RK_EREFUSED (interrupted),
 * -RK_ESYS, -RK_ENOMEM. */
RK_MUST_CHECK int rk_strap_run(const struct rk_strap *strap, struct rk_error *err);

/**
 * rk_strap_default_mirror() - the mirror that mmdebstrap takes for a suite by itself
 * @dir: exists; something is left in it
 * Return: 0, -RK_ETOOL (root-failed: it knows none), -RK_EREFUSED (interrupted),
 * -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_strap_default_mirror(const char *suite, const char *dir, char **ret,
					  struct rk_error *err);

/* The address in the first line "deb [OPTIONS] ADDRESS SUITE ..." of a sources.list.
 * Return: 0, -RK_ENOTFOUND, -RK_ENOMEM. */
RK_MUST_CHECK int rk_strap_pick_mirror(const char *sources, char **ret,
				       struct rk_error *err);

/* A folder with files of subordinate ids. */
RK_MUST_CHECK int rk_strap_remove(const char *dir, struct rk_error *err);

#endif
