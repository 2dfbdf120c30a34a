/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_INSTALL_PLACE_H
#define RK_INSTALL_PLACE_H

#include "lib/base/crypto.h"
#include "lib/install/plan.h"

struct rk_install_result {
	struct rk_strv paths; /* "/lib/modules/...": what is there now, or was removed */
	bool depmod;          /* it ran */
};
void rk_install_result_release(struct rk_install_result *result);

/**
 * rk_install_place() - put staged files in place
 * @replace: also over files that rkmod did not install
 * @result:  rk_install_result_release(), whatever is returned
 *
 * Each is written aside, hashed on the way, and renamed when all are there; what is
 * recorded beforehand lets rk_install_remove() clean up after any interruption. The
 * stage is left to its owner.
 * Return: 0, -RK_EREFUSED (install-changed: not what was judged; install-exists),
 * -RK_ESYS (install-rights), -RK_ETOOL (install-depmod: the files are in place),
 * -RK_EFORMAT, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_install_place(const struct rk_install_plan *plan, bool replace,
				   struct rk_install_result *result,
				   struct rk_error *err);

/**
 * rk_install_remove() - take away what was recorded
 * @plan:  where; its release "": of every kernel
 * @force: also files that have changed since
 *
 * Folders that were made for it go when they are empty.
 * Return: 0, -RK_ENOTFOUND (install-unknown), -RK_EREFUSED (install-changed), -RK_ESYS,
 * -RK_ETOOL (install-depmod), -RK_EFORMAT, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_install_remove(const struct rk_install_plan *plan,
				    const struct rk_strv *names, bool force,
				    struct rk_install_result *result,
				    struct rk_error *err);

/* The name under which a file is written before it is renamed; depmod does not see it. */
RK_MUST_CHECK int rk_install_temp_name(const char *name, char **ret,
				       struct rk_error *err);

/* The hash of a file in a folder. Return: 0, -RK_ENOTFOUND, -RK_ESYS, ... */
RK_MUST_CHECK int rk_install_hash(int dir, const char *name, char ret[RK_SHA256_HEX_SIZE],
				  struct rk_error *err);

#endif
