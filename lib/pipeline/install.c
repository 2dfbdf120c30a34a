/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/crypto.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/pipeline/install.h"

/* ---- which modules ---- */

struct chosen {
	struct rk_strv paths;
	struct rk_strv names; /* below INSTALL_MOD_DIR */
};

static void chosen_release(struct chosen *chosen)
{
	rk_strv_release(&chosen->paths);
	rk_strv_release(&chosen->names);
}

static int choose_folder(const char *folder, struct chosen *chosen, struct rk_error *err)
{
	cleanup_free char *dir = NULL;

	if (rk_path_real(folder, &dir, err) < 0 ||
	    rk_build_list_modules(dir, &chosen->paths, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < chosen->paths.n_items; i++) {
		const char *path = chosen->paths.items[i];

		rk_strv_add(&chosen->names, rk_path_is_below(path, dir)
						    ? path + strlen(dir) + 1
						    : rk_path_base(path));
	}
	if (chosen->paths.n_items)
		return rk_strv_check(&chosen->names, err);
	rk_error_set(err, RK_ENOTFOUND, "nothing was built in '%s'", folder);
	return rk_error_cure(err, "install-nothing",
			     "run rkmod build first, as yourself");
}

static int choose(const struct rk_strv *what, struct chosen *chosen, struct rk_error *err)
{
	struct stat st;

	if (what->n_items == 1 && stat(what->items[0], &st) == 0 && S_ISDIR(st.st_mode))
		return choose_folder(what->items[0], chosen, err);
	for (size_t i = 0; i < what->n_items; i++) {
		if (access(what->items[i], R_OK) < 0)
			return rk_error_sys(err, errno, "'%s'", what->items[i]);
		rk_strv_add(&chosen->paths, what->items[i]);
		rk_strv_add(&chosen->names, rk_path_base(what->items[i]));
	}
	if (rk_strv_check(&chosen->paths, err) < 0)
		return -(int)err->code;
	return rk_strv_check(&chosen->names, err);
}

/* ---- where ---- */

int rk_pipeline_install_place(struct rk_pipeline *pipeline, const char *mod_path,
			      struct rk_install_plan *plan, struct rk_error *err)
{
	const char *release = rk_request_get(pipeline->request, RK_SETTING_KERNEL);

	memset(plan, 0, sizeof(*plan));
	if (rk_strdup(release ? release : "", &plan->release, err) < 0 ||
	    rk_strdup("", &plan->stage, err) < 0)
		return -(int)err->code;
	if (mod_path) {
		plan->kind = RK_INSTALL_FOLDER;
		return rk_path_real(mod_path, &plan->prefix, err);
	}
	if (!pipeline->root &&
	    rk_root_open(pipeline->machine,
			 rk_request_get(pipeline->request, RK_SETTING_ROOT),
			 &pipeline->root, err) < 0)
		return -(int)err->code;
	plan->kind = pipeline->root->is_host ? RK_INSTALL_HOST : RK_INSTALL_TREE;
	return rk_strdup(pipeline->root->path, &plan->prefix, err);
}

static int require_kernel(const struct rk_pipeline *pipeline,
			  const struct rk_install_plan *plan, struct rk_error *err)
{
	const struct rk_kernel *kernel = pipeline->kernel;

	if (plan->kind == RK_INSTALL_FOLDER || kernel->modules_dir[0])
		return 0;
	rk_error_set(err, RK_ENOTFOUND,
		     "kernel %s is not installed: there is no '/lib/modules/%s'",
		     kernel->release, kernel->release);
	return rk_error_cure(err, "install-nothing",
			     "install the kernel's image package, or give --mod-path");
}

/* ---- the chain ---- */

static int hash_files(const struct rk_install_stage *stage, struct rk_install_plan *plan,
		      struct rk_error *err)
{
	char hash[RK_SHA256_HEX_SIZE];

	for (size_t i = 0; i < stage->files.n_items; i++) {
		if (rk_sha256_file(stage->files.items[i], hash, err) < 0)
			return -(int)err->code;
		rk_strv_add(&plan->hashes, hash);
		rk_strv_add(&plan->targets, stage->targets.items[i]);
	}
	if (rk_strv_check(&plan->hashes, err) < 0)
		return -(int)err->code;
	return rk_strv_check(&plan->targets, err);
}

/* Verdicts are about the places to be. */
static int rename_modules(struct rk_pipeline *pipeline,
			  const struct rk_install_stage *stage, struct rk_error *err)
{
	for (size_t i = 0; i < pipeline->n_modules; i++) {
		struct rk_module *module = pipeline->modules[i].module;

		for (size_t j = 0; j < stage->files.n_items; j++) {
			if (!module || strcmp(module->path, stage->files.items[j]) != 0)
				continue;
			free(RK_STEAL(module->path));
			if (rk_format(&module->path, err, "/%s",
				      stage->targets.items[j]) < 0)
				return -(int)err->code;
			break;
		}
	}
	return 0;
}

/* Hashed before they are judged, and by whoever places them: what was judged is what
 * counts, unless the user replaces a file in his own private folder between the two. */
static int judge(struct rk_pipeline *pipeline, const struct rk_install_stage *stage,
		 struct rk_install_plan *plan, struct rk_error *err)
{
	if (hash_files(stage, plan, err) < 0 ||
	    rk_pipeline_check(pipeline, &stage->files, err) < 0 ||
	    rename_modules(pipeline, stage, err) < 0)
		return -(int)err->code;
	free(RK_STEAL(plan->stage));
	free(RK_STEAL(plan->release));
	if (rk_strdup(stage->top, &plan->stage, err) < 0)
		return -(int)err->code;
	return rk_strdup(pipeline->kernel->release, &plan->release, err);
}

int rk_pipeline_install(struct rk_pipeline *pipeline,
			const struct rk_pipeline_install *install,
			struct rk_install_plan *plan, struct rk_error *err)
{
	cleanup(rk_install_stage_release) struct rk_install_stage stage = {0};
	cleanup(chosen_release) struct chosen chosen = {.paths = RK_STRV_INIT};
	struct rk_error ignored = RK_ERROR_INIT;
	const struct rk_install_request request = {
		.paths = &chosen.paths,
		.names = &chosen.names,
		.mod_dir = install->mod_dir,
		.strip = install->strip,
	};
	int r;

	if (rk_pipeline_install_place(pipeline, install->mod_path, plan, err) < 0 ||
	    choose(install->what, &chosen, err) < 0 ||
	    rk_pipeline_kernel(pipeline, err) < 0 ||
	    require_kernel(pipeline, plan, err) < 0 ||
	    rk_install_stage(pipeline->kernel, &request, &stage, err) < 0)
		return -(int)err->code;
	pipeline->judging.unweighed = true;
	r = judge(pipeline, &stage, plan, err);
	if ((r < 0 || !rk_pipeline_is_good(pipeline)) &&
	    rk_dir_remove(stage.dir, &ignored) < 0)
		rk_log(RK_LOG_WARNING, "%s", ignored.msg);
	return r;
}
