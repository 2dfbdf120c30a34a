/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_PIPELINE_NEW_H
#define RK_PIPELINE_NEW_H

#include "lib/kernel/rustapi.h"
#include "lib/pipeline/pipeline.h"
#include "lib/repo/template.h"

enum rk_new_ci {
	RK_NEW_CI_NONE,
	RK_NEW_CI_GITHUB,
	RK_NEW_CI_GITLAB,
};

struct rk_new_request {
	const char *path; /* of the folder that is made; its last part names the module */
	enum rk_template_kind kind;
	enum rk_new_ci ci;
	bool git;            /* git init, unless a repository is around it already */
	const char *program; /* rkmod's own path: a hook that calls it is installed; or
				NULL */
};

struct rk_new_result {
	char *dir; /* absolute */
	char *name;
	struct rk_rust_api api;
	struct rk_strv files; /* below dir, sorted */
	bool repository;      /* one was made */
	char *around;         /* the top of the one around it, or NULL */
	bool unsaved;         /* the target is in no rkmod.json: that of around would be
				 it */
	char *hook;           /* that was installed, or NULL */
};
void rk_new_result_release(struct rk_new_result *result);

/**
 * rk_pipeline_new() - a folder with a module in the form that the target kernel wants
 *
 * It is made under a temporary name and renamed. Without any kernel, if none was asked
 * for, it gets the newest form: pipeline->kernel is NULL then.
 * Return: 0, -RK_EREFUSED (new-name, new-exists, new-kind: the kernel's Rust lacks what
 * this kind is made with), as rk_pipeline_kernel(), -RK_ETOOL, -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_pipeline_new(struct rk_pipeline *pipeline,
				  const struct rk_new_request *request,
				  struct rk_new_result *result, struct rk_error *err);

#endif
