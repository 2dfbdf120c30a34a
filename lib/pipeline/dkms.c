/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/module/modinfo.h"
#include "lib/module/module.h"
#include "lib/pipeline/dkms.h"

enum {
	CONF_LIMIT = 1 << 20,
};

void rk_dkms_result_release(struct rk_dkms_result *result)
{
	free(result->path);
	free(result->name);
	free(result->version);
	rk_strv_release(&result->names);
	rk_strv_release(&result->locations);
	memset(result, 0, sizeof(*result));
}

/* ---- names ---- */

/* dkms sources the file as a shell script, and makes folders of name and version. */
static bool is_plain(const char *text, const char *more)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-";

	for (const char *c = text; *c; c++)
		if (!strchr(allowed, *c) && !strchr(more, *c))
			return false;
	return true;
}

static int check_name(const char *what, const char *text, struct rk_error *err)
{
	if (*text && *text != '.' && *text != '-' && is_plain(text, ""))
		return 0;
	rk_error_set(err, RK_EREFUSED, "%s '%s' cannot be one for dkms", what, text);
	return rk_error_cure(err, "dkms-name",
			     "letters, digits and ._+- only: give another with --name "
			     "or --module-version");
}

/* "/m/sub/x.ko" below "/m": name "x", location "sub/". */
static int split_path(const char *dir, const char *path, struct rk_dkms_result *result,
		      struct rk_error *err)
{
	const char *base = rk_path_base(path);
	size_t dir_len = strlen(dir);
	size_t len = strlen(base);

	if (!rk_path_is_below(path, dir) || len < 4 ||
	    strcmp(base + len - 3, ".ko") != 0 || !is_plain(path + dir_len, "/")) {
		rk_error_set(err, RK_EREFUSED, "dkms cannot take the module '%s'", path);
		return rk_error_cure(err, "dkms-name",
				     "letters, digits and ._+- only in its path");
	}
	rk_strv_addf(&result->names, "%.*s", (int)len - 3, base);
	rk_strv_addf(&result->locations, "%.*s", (int)(base - path - dir_len - 1),
		     path + dir_len + 1);
	return 0;
}

static int split_paths(const struct rk_dkms_request *request,
		       struct rk_dkms_result *result, struct rk_error *err)
{
	if (!request->paths->n_items) {
		rk_error_set(err, RK_EREFUSED, "nothing was built in '%s'", request->dir);
		return rk_error_cure(err, "dkms-nothing",
				     "write 'obj-m := NAME.o' into its Kbuild");
	}
	for (size_t i = 0; i < request->paths->n_items; i++)
		if (split_path(request->dir, request->paths->items[i], result, err) < 0)
			return -(int)err->code;
	if (rk_strv_check(&result->names, err) < 0)
		return -(int)err->code;
	return rk_strv_check(&result->locations, err);
}

static int choose_name(const struct rk_dkms_request *request,
		       struct rk_dkms_result *result, struct rk_error *err)
{
	const char *name = request->name;

	if (!name)
		name = result->names.n_items == 1 ? result->names.items[0]
						  : rk_path_base(request->dir);
	if (check_name("the name", name, err) < 0)
		return -(int)err->code;
	return rk_strdup(name, &result->name, err);
}

/* MODULE_VERSION() of its C code; Rust's module! has none. */
static int read_version(const char *path, char **ret, struct rk_error *err)
{
	cleanup(rk_module_free_p) struct rk_module *module = NULL;
	struct rk_modinfo modinfo = {0};
	const char *version = NULL;
	struct rk_view view;

	if (rk_module_open(path, &module, err) < 0)
		return -(int)err->code;
	if (rk_modinfo_find(module->data, module->size, &view, &modinfo))
		version = rk_modinfo_get(&modinfo, "version");
	return rk_strdup(version && *version ? version : "0.1", ret, err);
}

static int choose_version(const struct rk_dkms_request *request,
			  struct rk_dkms_result *result, struct rk_error *err)
{
	int r;

	if (request->version)
		r = rk_strdup(request->version, &result->version, err);
	else
		r = read_version(request->paths->items[0], &result->version, err);
	return r < 0 ? r : check_name("the version", result->version, err);
}

/* ---- the file ---- */

/*
 * rkmod gets folders of the system: dkms runs with the HOME of whoever started it, and
 * rkmod takes no cache that is not its caller's own. "--root /": an rkmod.json in the
 * folder may name a root tree of the module's author. For kernels built with clang dkms
 * appends LLVM=1 to the command; rkmod finds that out by itself, and true(1) does not
 * mind.
 */
static const char make_command[] =
	"env XDG_CACHE_HOME=/var/cache XDG_STATE_HOME=/var/lib rkmod build --root / "
	"--kdir ${kernel_source_dir} . && true";

static int make_text(const struct rk_dkms_result *result, struct rk_buf *ret,
		     struct rk_error *err)
{
	rk_buf_addf(
		ret,
		"# For dkms(8), written by rkmod dkms. What it builds with runs as uid "
		"0:\n"
		"# this folder's makefiles, and the kernel's Rust metadata.\n"
		"PACKAGE_NAME=\"%s\"\n"
		"PACKAGE_VERSION=\"%s\"\n"
		"AUTOINSTALL=\"yes\"\n"
		"# Kernels without Rust are passed over.\n"
		"BUILD_EXCLUSIVE_CONFIG=\"CONFIG_RUST\"\n",
		result->name, result->version);
	for (size_t i = 0; i < result->names.n_items; i++)
		rk_buf_addf(ret,
			    "BUILT_MODULE_NAME[%zu]=\"%s\"\n"
			    "BUILT_MODULE_LOCATION[%zu]=\"%s\"\n"
			    "DEST_MODULE_LOCATION[%zu]=\"/updates/dkms\"\n",
			    i, result->names.items[i], i, result->locations.items[i], i);
	rk_buf_addf(
		ret,
		"# \"true\" takes the LLVM=1 that dkms appends for kernels built with "
		"clang; rkmod\n"
		"# finds that out by itself.\n"
		"MAKE[0]=\"%s\"\n"
		"# dkms builds in a fresh copy each time.\n"
		"CLEAN=\"true\"\n",
		make_command);
	return rk_buf_check(ret, err);
}

/* Sets result->unchanged. */
static int look_at_old(const struct rk_dkms_request *request, const struct rk_buf *text,
		       struct rk_dkms_result *result, struct rk_error *err)
{
	cleanup_buf struct rk_buf old = RK_BUF_INIT;
	int r = rk_file_read(result->path, CONF_LIMIT, &old, err);

	if (r < 0)
		return err->code == RK_ENOTFOUND ? 0 : r;
	result->unchanged = strcmp(rk_buf_str(&old), text->data) == 0;
	if (result->unchanged || request->replace)
		return 0;
	rk_error_set(err, RK_EREFUSED, "'%s' is there, and says something else",
		     result->path);
	return rk_error_cure(err, "dkms-exists", "remove it, or replace it with --force");
}

int rk_dkms_write(const struct rk_dkms_request *request, struct rk_dkms_result *result,
		  struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;

	memset(result, 0, sizeof(*result));
	if (split_paths(request, result, err) < 0 ||
	    choose_name(request, result, err) < 0 ||
	    choose_version(request, result, err) < 0 ||
	    make_text(result, &text, err) < 0 ||
	    rk_path_join(request->dir, "dkms.conf", &result->path, err) < 0 ||
	    look_at_old(request, &text, result, err) < 0)
		return -(int)err->code;
	if (result->unchanged)
		return 0;
	return rk_file_write(result->path, text.data, text.len, 0666, err);
}
