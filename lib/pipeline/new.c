/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/json.h"
#include "lib/base/log.h"
#include "lib/metadata/sources.h"
#include "lib/pipeline/new.h"
#include "lib/repo/hook.h"
#include "lib/repo/init.h"
#include "lib/repo/repo.h"
#include "lib/root/distro.h"

void rk_new_result_release(struct rk_new_result *result)
{
	free(result->dir);
	free(result->name);
	rk_strv_release(&result->files);
	free(result->around);
	free(result->hook);
	memset(result, 0, sizeof(*result));
}

/* One folder that is being made. */
struct making {
	struct rk_pipeline *pipeline;
	const struct rk_new_request *request;
	struct rk_new_result *result;
	char *temp; /* what becomes the folder */
	char *author;
};

static void release_making(struct making *making)
{
	free(making->temp);
	free(making->author);
}

/* ---- the target ---- */

static bool names_target(const struct rk_request *request)
{
	static const enum rk_setting_name names[] = {RK_SETTING_ROOT, RK_SETTING_KERNEL,
						     RK_SETTING_KDIR, RK_SETTING_PACKAGE};

	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++)
		if (rk_request_get(request, names[i]))
			return true;
	return false;
}

/* Those that were kept when metadata was made; NULL: none. */
static char *find_sources(struct rk_pipeline *p)
{
	struct rk_error ignored = RK_ERROR_INIT;
	char *sources = NULL;

	if (rk_pipeline_metadata(p, &ignored) < 0 ||
	    p->metadata->origin == RK_METADATA_NONE ||
	    rk_sources_find(p->machine, p->kernel, p->metadata, &sources, &ignored) < 0)
		return NULL;
	return sources;
}

static int read_api(struct making *making, struct rk_error *err)
{
	struct rk_pipeline *p = making->pipeline;
	struct rk_rust_api *api = &making->result->api;
	cleanup_free char *sources = NULL;

	rk_rust_api_newest(api);
	if (rk_pipeline_kernel(p, err) < 0) {
		if (names_target(p->request) || err->code == RK_ENOMEM)
			return -(int)err->code;
		rk_log(RK_LOG_DEBUG, "%s", err->msg);
		return 0;
	}
	if (!p->kernel->rust)
		return 0;
	sources = find_sources(p);
	rk_rust_api_read(p->kernel, sources, api);
	return 0;
}

static int check_kind(const struct making *making, struct rk_error *err)
{
	const struct rk_rust_api *api = &making->result->api;
	enum rk_template_kind kind = making->request->kind;
	const char *lacks = NULL;

	if (kind == RK_TEMPLATE_PARAMS && !api->params)
		lacks = "params in module! (kernel::module_param)";
	if (kind == RK_TEMPLATE_MISCDEV && !api->miscdevice)
		lacks = "misc devices as this kind needs them (kernel::miscdevice with read_iter, kernel::iov)";
	if (!lacks)
		return 0;
	rk_error_set(err, RK_EREFUSED, "the Rust of kernel %s has no %s, by %s",
		     making->pipeline->kernel->release, lacks, api->from);
	return rk_error_cure(
		err, "new-kind",
		"take --kind minimal or mixed, or another kernel: both are there since Linux 6.19");
}

/* ---- files ---- */

static int write_file(const struct making *making, const char *name, const char *text,
		      struct rk_error *err)
{
	cleanup_free char *path = NULL;
	char *slash;

	if (rk_path_join(making->temp, name, &path, err) < 0)
		return -(int)err->code;
	slash = strrchr(path, '/');
	*slash = '\0';
	if (rk_dir_make(path, 0777, err) < 0)
		return -(int)err->code;
	*slash = '/';
	rk_strv_add(&making->result->files, name);
	return rk_file_write(path, text, strlen(text), 0666, err);
}

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

static int write_sample(const struct making *making, struct rk_error *err)
{
	const struct rk_rust_api *api = &making->result->api;
	const struct rk_template_words words = {
		.kind = making->request->kind,
		.name = making->result->name,
		.author = api->byte_strings && !is_ascii(making->author) ? "The authors"
									 : making->author,
		.byte_strings = api->byte_strings,
		.authors = api->authors,
	};

	for (const struct rk_template_file *file = rk_template_files; file->sample;
	     file++) {
		cleanup_free char *name = NULL;
		cleanup_free char *text = NULL;

		if (!rk_template_is_of(file, words.kind))
			continue;
		if (rk_template_fill(file, &words, &name, &text, err) < 0 ||
		    write_file(making, name, text, err) < 0)
			return -(int)err->code;
	}
	return 0;
}

static bool is_of_command(const struct rk_request *request, enum rk_setting_name name)
{
	return request->settings[name].value &&
	       request->settings[name].origin == RK_ORIGIN_COMMAND;
}

static bool has_settings(const struct rk_request *request)
{
	for (unsigned int i = 0; i < RK_N_SETTINGS; i++)
		if (is_of_command(request, (enum rk_setting_name)i))
			return true;
	return false;
}

/* What the command line said: environment and a file of a folder above stay in force. */
static int write_settings(const struct making *making, struct rk_error *err)
{
	const struct rk_request *request = making->pipeline->request;
	cleanup(rk_json_free_p) struct rk_json *top = rk_json_new_object();
	cleanup_buf struct rk_buf text = RK_BUF_INIT;

	for (unsigned int i = 0; i < RK_N_SETTINGS; i++) {
		enum rk_setting_name name = (enum rk_setting_name)i;
		const char *value = rk_request_get(request, name);
		cleanup_free char *absolute = NULL;

		if (!is_of_command(request, name))
			continue;
		if (name == RK_SETTING_ROOT && strchr(value, '/')) {
			if (rk_path_absolute(value, &absolute, err) < 0)
				return -(int)err->code;
			value = absolute;
		}
		rk_json_add_string(top, rk_setting_key(name), value);
	}
	if (rk_json_print(top, true, &text, err) < 0)
		return -(int)err->code;
	rk_buf_addc(&text, '\n');
	if (rk_buf_check(&text, err) < 0)
		return -(int)err->code;
	return write_file(making, "rkmod.json", rk_buf_str(&text), err);
}

/* ---- CI ---- */

/* "debian:trixie" of "Debian GNU/Linux 13 (trixie)". */
static int name_image(const struct rk_kernel *kernel, char **ret, struct rk_error *err)
{
	struct rk_distro distro = {.id = "debian", .name = "(trixie)"};
	const char *open;

	if (kernel)
		distro = rk_distro_read(kernel->root);
	open = strchr(distro.name, '(');
	if (distro.family != RK_DISTRO_DEBIAN || !open ||
	    !isalpha((unsigned char)open[1]))
		return rk_strdup("debian:trixie", ret, err);
	return rk_format(ret, err, "%s:%.*s", distro.id, (int)strcspn(open + 1, " )"),
			 open + 1);
}

static int list_packages(const struct rk_kernel *kernel, char **ret, struct rk_error *err)
{
	const struct rk_need needs[] = {
		{RK_NEED_HEADERS, kernel ? kernel->release : NULL},
		{RK_NEED_SOURCE, kernel ? kernel->source_version : NULL},
	};
	cleanup_buf struct rk_buf list = RK_BUF_INIT;

	for (size_t i = 0; kernel && i < RK_ARRAY_LEN(needs); i++) {
		struct rk_distro distro = rk_distro_read(kernel->root);
		cleanup_free char *name = NULL;

		if (rk_distro_package(kernel->root, &distro, &needs[i], &name, err) < 0)
			return -(int)err->code;
		rk_buf_addf(&list, "%s ", name);
	}
	if (!kernel)
		rk_buf_adds(&list, "linux-headers-amd64 linux-source ");
	rk_buf_adds(&list, "bc bindgen bison flex gcc libelf-dev make pahole rust-clippy "
			   "rust-src rustc rustfmt xz-utils");
	return rk_buf_take(&list, ret, err);
}

static int expand_ci(const struct making *making, const char *image, const char *packages,
		     const char *target, struct rk_error *err)
{
	const char *const values[] = {"IMAGE",  image,  "PACKAGES", packages,
				      "TARGET", target, NULL};
	bool github = making->request->ci == RK_NEW_CI_GITHUB;
	cleanup_free char *text = NULL;

	if (rk_template_expand(github ? "github.yml" : "gitlab-ci.yml", values, &text,
			       err) < 0)
		return -(int)err->code;
	return write_file(making,
			  github ? ".github/workflows/rkmod.yml" : ".gitlab-ci.yml", text,
			  err);
}

/* The target is named there: rkmod.json is of this machine. */
static int name_target(const struct rk_kernel *kernel, char **ret, struct rk_error *err)
{
	if (kernel)
		return rk_format(ret, err, "--root / --kernel %s ", kernel->release);
	return rk_strdup("--root / --package linux-headers-amd64 ", ret, err);
}

static int write_ci(const struct making *making, struct rk_error *err)
{
	const struct rk_kernel *kernel = making->pipeline->kernel;
	cleanup_free char *image = NULL;
	cleanup_free char *packages = NULL;
	cleanup_free char *target = NULL;

	if (making->request->ci == RK_NEW_CI_NONE)
		return 0;
	if (name_image(kernel, &image, err) < 0 ||
	    list_packages(kernel, &packages, err) < 0 ||
	    name_target(kernel, &target, err) < 0)
		return -(int)err->code;
	return expand_ci(making, image, packages, target, err);
}

/* ---- the whole ---- */

static int write_more(const struct making *making, struct rk_error *err)
{
	static const char *const files[][2] = {{"gitignore", ".gitignore"},
					       {"rustfmt.toml", ".rustfmt.toml"}};
	static const char *const nothing[] = {NULL};

	for (size_t i = 0; i < RK_ARRAY_LEN(files); i++) {
		cleanup_free char *text = NULL;

		if (rk_template_expand(files[i][0], nothing, &text, err) < 0 ||
		    write_file(making, files[i][1], text, err) < 0)
			return -(int)err->code;
	}
	/* Settings are read at a repository's top only. */
	if (making->result->around)
		making->result->unsaved = has_settings(making->pipeline->request);
	else if (write_settings(making, err) < 0)
		return -(int)err->code;
	return write_ci(making, err);
}

static int fill(const struct making *making, struct rk_error *err)
{
	struct rk_new_result *result = making->result;
	mode_t mask = umask(0);

	umask(mask);
	if (chmod(making->temp, 0777 & ~mask) < 0)
		return rk_error_sys(err, errno, "'%s'", making->temp);
	if (write_sample(making, err) < 0 || write_more(making, err) < 0)
		return -(int)err->code;
	result->repository = making->request->git && !result->around;
	if (result->repository && rk_repo_init(making->temp, err) < 0)
		return -(int)err->code;
	rk_strv_sort(&result->files);
	return rk_strv_check(&result->files, err);
}

static int fail_exists(const char *dir, struct rk_error *err)
{
	rk_error_set(err, RK_EREFUSED, "'%s' is already there", dir);
	return rk_error_cure(err, "new-exists", "take another name, or move it away");
}

static int publish(const struct making *making, struct rk_error *err)
{
	const char *dir = making->result->dir;

	if (renameat2(AT_FDCWD, making->temp, AT_FDCWD, dir, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno == EEXIST)
		return fail_exists(dir, err);
	return rk_error_sys(err, errno, "'%s'", dir);
}

static int make(struct making *making, struct rk_error *err)
{
	struct rk_error ignored = RK_ERROR_INIT;

	if (rk_dir_make_temp(making->result->dir, &making->temp, err) < 0)
		return -(int)err->code;
	if (fill(making, err) == 0 && publish(making, err) == 0)
		return 0;
	if (rk_dir_remove(making->temp, &ignored) < 0)
		rk_log(RK_LOG_WARNING, "%s", ignored.msg);
	return -(int)err->code;
}

/* Where it goes, and what is there. */
static int find_place(const struct making *making, struct rk_error *err)
{
	struct rk_new_result *result = making->result;
	cleanup_free char *parent = NULL;
	struct stat st;

	if (rk_path_absolute(making->request->path, &result->dir, err) < 0)
		return -(int)err->code;
	if (lstat(result->dir, &st) == 0)
		return fail_exists(result->dir, err);
	if (rk_format(&parent, err, "%.*s",
		      (int)(rk_path_base(result->dir) - result->dir), result->dir) < 0 ||
	    rk_repo_top(parent, &result->around, err) < 0)
		return -(int)err->code;
	return 0;
}

static int install_hook(const struct making *making, struct rk_error *err)
{
	struct rk_hook hook = {0};
	int r;

	if (!making->request->program)
		return 0;
	r = rk_hook_find(making->result->dir, &hook, err);
	if (r == 0)
		r = rk_hook_install(&hook, making->request->program, err);
	if (r == 0)
		making->result->hook = RK_STEAL(hook.path);
	rk_hook_release(&hook);
	return r;
}

int rk_pipeline_new(struct rk_pipeline *pipeline, const struct rk_new_request *request,
		    struct rk_new_result *result, struct rk_error *err)
{
	cleanup(release_making) struct making making = {
		.pipeline = pipeline, .request = request, .result = result};

	*result = (struct rk_new_result){0};
	if (rk_template_name(request->path, request->kind, &result->name, err) < 0 ||
	    find_place(&making, err) < 0 || read_api(&making, err) < 0 ||
	    check_kind(&making, err) < 0 || rk_repo_author(&making.author, err) < 0 ||
	    make(&making, err) < 0)
		return -(int)err->code;
	return install_hook(&making, err);
}
