/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/file.h"
#include "lib/install/depmod.h"

/* Of a kernel, or depmod ran there before. */
static bool is_kernel(const struct rk_root *root, const char *dir)
{
	static const char *const names[] = {"modules.builtin", "modules.dep"};
	struct rk_error ignored = RK_ERROR_INIT;

	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++) {
		cleanup_free char *path = NULL;

		if (rk_path_join(dir, names[i], &path, &ignored) == 0 &&
		    rk_root_exists(root, path))
			return true;
	}
	return false;
}

static int run(const struct rk_install_plan *plan, const struct rk_root *root,
	       const char *real, const struct rk_strv *argv, struct rk_error *err)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	cleanup_strv struct rk_strv env = RK_STRV_INIT;
	cleanup_free char *host = NULL;
	struct rk_root_bind bind = {.inside = real, .writable = true};
	struct rk_root_run how = {
		.argv = argv,
		.spawn = {.env_set = &env,
			  .env_clear = true,
			  .argv = argv,
			  .stdin_fd = -1,
			  .output = RK_SPAWN_CAPTURE},
	};
	int r;

	rk_strv_add_all(&env, "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL);
	if (rk_strv_check(&env, err) < 0 || rk_root_host_path(root, real, &host, err) < 0)
		return -(int)err->code;
	if (plan->kind == RK_INSTALL_TREE) {
		bind.host_path = host;
		how.binds = &bind;
		how.n_binds = 1;
		r = rk_root_run(root, &how, &result, err);
	} else {
		r = rk_spawn_run(&how.spawn, &result, err);
	}
	if (r < 0)
		return r;
	if (result.status == 0)
		return 0;
	return rk_error_set(err, RK_ETOOL, "depmod ended with status %d: %s",
			    result.status, rk_spawn_last_line(&result.err));
}

int rk_install_depmod(const struct rk_install_plan *plan, const struct rk_root *root,
		      const char *release, bool *ret_ran, struct rk_error *err)
{
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	cleanup_free char *dir = NULL;
	cleanup_free char *real = NULL;

	*ret_ran = false;
	if (rk_format(&dir, err, "/lib/modules/%s", release) < 0)
		return -(int)err->code;
	if (!is_kernel(root, dir))
		return 0;
	rk_strv_add(&argv, "depmod");
	if (plan->kind == RK_INSTALL_FOLDER)
		rk_strv_add_all(&argv, "-b", plan->prefix, NULL);
	rk_strv_add(&argv, release);
	if (rk_strv_check(&argv, err) < 0 || rk_root_real(root, dir, &real, err) < 0)
		return -(int)err->code;
	if (run(plan, root, real, &argv, err) < 0)
		return rk_error_cure(err, "install-depmod",
				     "the files are in place: install kmod, and run "
				     "depmod %s",
				     release);
	*ret_ran = true;
	return 0;
}
