/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_INSTALL_STAGE_H
#define RK_INSTALL_STAGE_H

#include "lib/base/strv.h"
#include "lib/kernel/kernel.h"

/* Which modules, and how Kbuild is to install them. */
struct rk_install_request {
	const struct rk_strv *paths; /* .ko files, host paths */
	const struct rk_strv *names; /* where below mod_dir: "sub/x.ko"; as many */
	const char *mod_dir;         /* INSTALL_MOD_DIR: "updates" */
	bool strip;                  /* INSTALL_MOD_STRIP=1 */
};

/* What `make modules_install` made, in a private folder. */
struct rk_install_stage {
	char *dir;              /* to be removed with rk_dir_remove() */
	char *top;              /* dir/root: what INSTALL_MOD_PATH was */
	struct rk_strv files;   /* host paths */
	struct rk_strv targets; /* the same below top */
};
void rk_install_stage_release(struct rk_install_stage *stage); /* the folder stays */

/**
 * rk_install_stage() - let Kbuild strip, sign and compress as the kernel has it
 * @stage: rk_install_stage_release(), whatever is returned; the folder is gone on failure
 *
 * The files are copied into a folder that holds nothing else, and this folder is what
 * make is given: no makefile of a repository runs. depmod does not run either.
 * Return: 0, -RK_EREFUSED (install-name: make would not take a name), -RK_ETOOL
 * (install-failed), -RK_ENOTFOUND, -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_install_stage(const struct rk_kernel *kernel,
				   const struct rk_install_request *request,
				   struct rk_install_stage *stage, struct rk_error *err);

#endif
