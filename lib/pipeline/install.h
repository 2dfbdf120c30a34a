/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_PIPELINE_INSTALL_H
#define RK_PIPELINE_INSTALL_H

#include "lib/install/plan.h"
#include "lib/install/stage.h"
#include "lib/pipeline/pipeline.h"

/* What the user wants installed. */
struct rk_pipeline_install {
	const struct rk_strv *what; /* one folder that was built, or files NAME.ko */
	const char *mod_path; /* INSTALL_MOD_PATH, or NULL: the kernel's own place */
	const char *mod_dir;  /* "updates" */
	bool strip;
};

/**
 * rk_pipeline_install() - stage modules as Kbuild installs them, and judge the result
 * @plan: rk_install_plan_release(), whatever is returned. Its stage is there if modules
 *        are good: whoever placed the files removes it. Else it is gone.
 *
 * The verdicts are in @pipeline, under the paths that the modules will have.
 * Return: 0 (look at rk_pipeline_is_good()), -RK_ENOTFOUND (install-nothing), as
 * rk_pipeline_kernel() and rk_install_stage().
 */
RK_MUST_CHECK int rk_pipeline_install(struct rk_pipeline *pipeline,
				      const struct rk_pipeline_install *install,
				      struct rk_install_plan *plan, struct rk_error *err);

/* Where modules of a kernel are installed, without looking for one: release ""  and no
 * files. */
RK_MUST_CHECK int rk_pipeline_install_place(struct rk_pipeline *pipeline,
					    const char *mod_path,
					    struct rk_install_plan *plan,
					    struct rk_error *err);

#endif
