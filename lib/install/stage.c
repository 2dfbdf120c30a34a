/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/install/plan.h"
#include "lib/install/stage.h"
#include "lib/root/distro.h"

enum {
	MODULE_LIMIT = 1 << 30,
	MAKEFILE_LIMIT = 1 << 20,
};

void rk_install_stage_release(struct rk_install_stage *stage)
{
	free(stage->dir);
	free(stage->top);
	rk_strv_release(&stage->files);
	rk_strv_release(&stage->targets);
	memset(stage, 0, sizeof(*stage));
}

/* ---- what make is given ---- */

static int make_parent(const char *path, struct rk_error *err)
{
	cleanup_free char *dir = NULL;

	if (rk_strdup(path, &dir, err) < 0)
		return -(int)err->code;
	*strrchr(dir, '/') = '\0';
	return rk_dir_make(dir, 0755, err);
}

static int copy(const char *from, const char *to, struct rk_error *err)
{
	cleanup_buf struct rk_buf bytes = RK_BUF_INIT;

	if (rk_file_read(from, MODULE_LIMIT, &bytes, err) < 0 || make_parent(to, err) < 0)
		return -(int)err->code;
	return rk_file_write(to, rk_buf_str(&bytes), bytes.len, 0644, err);
}

static int copy_modules(const struct rk_install_request *request, const char *dir,
			struct rk_error *err)
{
	for (size_t i = 0; i < request->paths->n_items; i++) {
		cleanup_free char *to = NULL;

		if (rk_path_join(dir, request->names->items[i], &to, err) < 0 ||
		    copy(request->paths->items[i], to, err) < 0)
			return -(int)err->code;
	}
	return 0;
}

/*
 * Names of objects below the folder since 6.13; before, whole paths; in 6.1 of modules.
 * The kernel's own Makefile.modinst says which.
 */
static int write_order(const struct rk_kernel *kernel,
		       const struct rk_install_request *request, const char *dir,
		       struct rk_error *err)
{
	cleanup_buf struct rk_buf makefile = RK_BUF_INIT;
	cleanup_buf struct rk_buf order = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	cleanup_free char *to = NULL;
	bool whole;
	bool objects;

	if (rk_path_join(kernel->srctree, "scripts/Makefile.modinst", &path, err) < 0 ||
	    rk_root_read(kernel->root, path, MAKEFILE_LIMIT, &makefile, err) < 0)
		return -(int)err->code;
	whole = strstr(rk_buf_str(&makefile), "extmod_prefix") != NULL;
	objects = strstr(rk_buf_str(&makefile), "%.o,") != NULL;
	for (size_t i = 0; i < request->names->n_items; i++) {
		const char *name = request->names->items[i];

		rk_buf_addf(&order, "%s%s%.*s%s\n", whole ? dir : "", whole ? "/" : "",
			    (int)strlen(name) - 3, name, objects ? ".o" : ".ko");
	}
	if (rk_buf_check(&order, err) < 0 ||
	    rk_path_join(dir, "modules.order", &to, err) < 0)
		return -(int)err->code;
	return rk_file_write(to, order.data, order.len, 0644, err);
}

/* ---- running it ---- */

static int make_arguments(const struct rk_kernel *kernel,
			  const struct rk_install_request *request, const char *dir,
			  const char *top, struct rk_strv *ret, struct rk_error *err)
{
	cleanup_free char *make = NULL;
	static const struct rk_need need = {RK_NEED_PROGRAM, "make"};

	if (rk_root_find_program(kernel->root, "make", &make, err) < 0)
		return rk_distro_cure(kernel->root, &need, NULL, "install make", err);
	rk_strv_add_all(ret, make, "-C", kernel->kdir_real, NULL);
	rk_strv_addf(ret, "M=%s", dir);
	rk_strv_addf(ret, "INSTALL_MOD_PATH=%s", top);
	rk_strv_addf(ret, "INSTALL_MOD_DIR=%s", request->mod_dir);
	rk_strv_add(ret, "DEPMOD=true");
	if (request->strip)
		rk_strv_add(ret, "INSTALL_MOD_STRIP=1");
	rk_strv_add(ret, "modules_install");
	return rk_strv_check(ret, err);
}

static int fail(struct rk_spawn_result *result, struct rk_error *err)
{
	const char *line = rk_spawn_last_line(&result->err);

	rk_error_set(err, RK_ETOOL, "make modules_install ended with status %d: %s",
		     result->status, *line ? line : "it says nothing");
	return rk_error_cure(err, "install-failed",
			     "install the programs that strip, sign or compress modules "
			     "of this kernel");
}

static int run_make(const struct rk_kernel *kernel,
		    const struct rk_install_request *request, const char *dir,
		    const struct rk_install_stage *stage, struct rk_error *err)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	cleanup_strv struct rk_strv env = RK_STRV_INIT;
	const struct rk_root_bind bind = {.host_path = stage->dir, .writable = true};
	const struct rk_root_run run = {
		.argv = &argv,
		.binds = &bind,
		.n_binds = 1,
		.spawn = {.env_set = &env,
			  .env_clear = true,
			  .stdin_fd = -1,
			  .output = RK_SPAWN_CAPTURE},
	};

	rk_strv_add_all(
		&env, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"LC_ALL=C", NULL);
	if (getenv("KBUILD_SIGN_PIN"))
		rk_strv_addf(&env, "KBUILD_SIGN_PIN=%s", getenv("KBUILD_SIGN_PIN"));
	if (rk_strv_check(&env, err) < 0 ||
	    make_arguments(kernel, request, dir, stage->top, &argv, err) < 0 ||
	    rk_root_run(kernel->root, &run, &result, err) < 0)
		return -(int)err->code;
	rk_log(RK_LOG_DEBUG, "%s", rk_buf_str(&result.out));
	return result.status == 0 ? 0 : fail(&result, err);
}

/* ---- what came of it ---- */

static int find_file(const struct rk_kernel *kernel, const char *mod_dir,
		     const char *name, struct rk_install_stage *stage,
		     struct rk_error *err)
{
	static const char *const suffixes[] = {"", ".xz", ".zst", ".gz"};

	for (size_t i = 0; i < RK_ARRAY_LEN(suffixes); i++) {
		cleanup_free char *target = NULL;
		cleanup_free char *path = NULL;

		if (rk_format(&target, err, "lib/modules/%s/%s/%s%s", kernel->release,
			      mod_dir, name, suffixes[i]) < 0 ||
		    rk_path_join(stage->top, target, &path, err) < 0)
			return -(int)err->code;
		if (access(path, R_OK) < 0)
			continue;
		rk_strv_add(&stage->files, path);
		rk_strv_add(&stage->targets, target);
		return rk_strv_check(&stage->targets, err);
	}
	rk_error_set(err, RK_ETOOL, "make modules_install made no 'lib/modules/%s/%s/%s'",
		     kernel->release, mod_dir, name);
	return rk_error_cure(err, "install-failed", "report what -v shows");
}

static int check_names(const struct rk_kernel *kernel,
		       const struct rk_install_request *request, struct rk_error *err)
{
	for (size_t i = 0; i < request->names->n_items; i++) {
		const char *name = request->names->items[i];
		cleanup_free char *target = NULL;
		size_t len = strlen(name);

		if (rk_format(&target, err, "lib/modules/%s/%s/%s", kernel->release,
			      request->mod_dir, name) < 0)
			return -(int)err->code;
		if (len > 3 && strcmp(name + len - 3, ".ko") == 0 &&
		    rk_install_is_release(kernel->release) &&
		    rk_install_is_target(target, kernel->release))
			continue;
		rk_error_set(err, RK_EREFUSED, "'%s' cannot be installed as '/%s'",
			     request->paths->items[i], target);
		return rk_error_cure(err, "install-name",
				     "give files NAME.ko, with letters, digits and "
				     "._+-~ in their names");
	}
	return 0;
}

/* Short and without blanks: make is given it. */
static int make_folder(struct rk_install_stage *stage, struct rk_error *err)
{
	const char *base = getenv("TMPDIR");
	cleanup_free char *path = NULL;

	if (!base || base[0] != '/' || strpbrk(base, " \t\n:%$#\\'\"&;*?<>()[|`~"))
		base = "/var/tmp";
	if (rk_path_join(base, "rkmod-install", &path, err) < 0 ||
	    rk_dir_make_temp(path, &stage->dir, err) < 0)
		return -(int)err->code;
	return rk_path_join(stage->dir, "root", &stage->top, err);
}

static int fill(const struct rk_kernel *kernel, const struct rk_install_request *request,
		struct rk_install_stage *stage, struct rk_error *err)
{
	cleanup_free char *dir = NULL;
	cleanup_free char *kbuild = NULL;

	if (rk_path_join(stage->dir, "m", &dir, err) < 0 ||
	    rk_path_join(dir, "Kbuild", &kbuild, err) < 0 ||
	    rk_dir_make(stage->top, 0755, err) < 0 || rk_dir_make(dir, 0755, err) < 0 ||
	    rk_file_write(kbuild, "", 0, 0644, err) < 0 ||
	    copy_modules(request, dir, err) < 0 ||
	    write_order(kernel, request, dir, err) < 0 ||
	    run_make(kernel, request, dir, stage, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < request->names->n_items; i++)
		if (find_file(kernel, request->mod_dir, request->names->items[i], stage,
			      err) < 0)
			return -(int)err->code;
	return 0;
}

int rk_install_stage(const struct rk_kernel *kernel,
		     const struct rk_install_request *request,
		     struct rk_install_stage *stage, struct rk_error *err)
{
	struct rk_error ignored = RK_ERROR_INIT;

	memset(stage, 0, sizeof(*stage));
	if (check_names(kernel, request, err) < 0 || make_folder(stage, err) < 0)
		return -(int)err->code;
	if (fill(kernel, request, stage, err) == 0)
		return 0;
	if (rk_dir_remove(stage->dir, &ignored) < 0)
		rk_log(RK_LOG_WARNING, "%s", ignored.msg);
	return -(int)err->code;
}
