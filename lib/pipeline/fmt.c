/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/build/format.h"
#include "lib/pipeline/fmt.h"
#include "lib/root/distro.h"

enum {
	MAX_FOLDERS = 10000,
	MAX_FILES = 10000,
};

void rk_fmt_result_release(struct rk_fmt_result *result)
{
	rk_strv_release(&result->files);
	rk_strv_release(&result->changed);
	rk_strv_release(&result->broken);
	rk_buf_release(&result->said);
}

/* ---- which files ---- */

static bool is_built(const char *dir)
{
	cleanup_free char *mark = NULL;
	struct rk_error ignored = RK_ERROR_INIT;

	return rk_path_join(dir, ".rkmod-out", &mark, &ignored) == 0 &&
	       access(mark, F_OK) == 0;
}

/* @folders: those that are still to be looked into; nothing is followed. */
static int list_entry(const char *dir, const char *name, struct rk_strv *folders,
		      struct rk_strv *ret, struct rk_error *err)
{
	cleanup_free char *path = NULL;
	struct stat st;

	if (rk_path_join(dir, name, &path, err) < 0)
		return -(int)err->code;
	if (name[0] == '.' || lstat(path, &st) < 0)
		return 0;
	if (S_ISDIR(st.st_mode) && folders->n_items < MAX_FOLDERS && !is_built(path))
		rk_strv_add(folders, path);
	if (S_ISREG(st.st_mode) && rk_format_is_rust(name) && ret->n_items < MAX_FILES)
		rk_strv_add(ret, path);
	return 0;
}

static int list_folder(const char *path, struct rk_strv *folders, struct rk_strv *ret,
		       struct rk_error *err)
{
	cleanup_closedir DIR *dir = opendir(path);
	const struct dirent *entry;

	if (!dir)
		return rk_error_sys(err, errno, "'%s'", path);
	while ((entry = readdir(dir)))
		if (list_entry(path, entry->d_name, folders, ret, err) < 0)
			return -(int)err->code;
	return 0;
}

static int list_dir(const char *path, struct rk_strv *ret, struct rk_error *err)
{
	cleanup_strv struct rk_strv folders = RK_STRV_INIT;

	rk_strv_add(&folders, path);
	for (size_t i = 0; i < folders.n_items; i++) {
		/* The list may move while it grows. */
		cleanup_free char *folder = strdup(folders.items[i]);

		if (!folder)
			return rk_error_nomem(err);
		if (list_folder(folder, &folders, ret, err) < 0)
			return -(int)err->code;
	}
	return rk_strv_check(&folders, err);
}

static int list_path(const char *path, struct rk_strv *ret, struct rk_error *err)
{
	cleanup_free char *real = NULL;
	struct stat st;

	if (rk_path_real(path, &real, err) < 0)
		return -(int)err->code;
	if (stat(real, &st) == 0 && S_ISDIR(st.st_mode))
		return list_dir(real, ret, err);
	if (!rk_format_is_rust(real))
		return rk_error_set(err, RK_EREFUSED, "'%s' is not named *.rs", path);
	rk_strv_add(ret, real);
	return 0;
}

static int list_files(const struct rk_strv *paths, struct rk_strv *ret,
		      struct rk_error *err)
{
	for (size_t i = 0; i < paths->n_items; i++)
		if (list_path(paths->items[i], ret, err) < 0)
			return -(int)err->code;
	if (rk_strv_check(ret, err) < 0)
		return -(int)err->code;
	rk_strv_sort(ret);
	return 0;
}

/* ---- which rustfmt ---- */

/* The kernel's rustc, if there are such; a file can be formatted without. */
static const char *choose_rustc(struct rk_pipeline *p)
{
	struct rk_error err = RK_ERROR_INIT;

	if (rk_pipeline_find(p, &err) == 0)
		return p->toolchain->rustc->path;
	rk_log(RK_LOG_DEBUG, "rustfmt is looked for in PATH: %s", err.msg);
	return "rustc";
}

static int find_rustfmt(struct rk_pipeline *p, struct rk_format_request *request,
			char **ret, struct rk_error *err)
{
	static const struct rk_need need = {RK_NEED_PROGRAM, "rustfmt"};

	request->rustc = choose_rustc(p);
	if (!p->root &&
	    rk_root_open(p->machine, rk_request_get(p->request, RK_SETTING_ROOT),
			 &p->root, err) < 0)
		return -(int)err->code;
	request->root = p->root;
	if (rk_format_find(request, ret, err) < 0)
		return -(int)err->code;
	if (*ret)
		return 0;
	rk_error_set(err, RK_ENOTFOUND, "there is no rustfmt");
	return rk_distro_cure(p->root, &need, "rustfmt-missing", "install rustfmt", err);
}

/* ---- the work ---- */

struct work {
	struct rk_pipeline *pipeline;
	const struct rk_fmt_request *asked;
	struct rk_format_request format;
	const char *rustfmt;
	struct rk_fmt_result *result;
};

/* As one would call it from the folder that is worked on. */
static const char *short_name(const struct work *work, const char *file)
{
	const char *dir = work->pipeline->request->dir;

	if (!rk_path_is_below(file, dir))
		return file;
	file += strlen(dir);
	return file + strspn(file, "/");
}

static void add_finding(const struct work *work, const char *file, size_t line)
{
	struct rk_findings *findings = &work->pipeline->findings;
	const char *name = short_name(work, file);
	struct rk_finding *finding =
		rk_findings_add(findings, "not-formatted", "'%s' is not formatted", name);

	rk_finding_where(findings, finding, "%s:%zu", name, line);
	rk_finding_fix(findings, finding, "run 'rkmod fmt %s'", name);
}

static int take_result(const struct work *work, const char *path, const char *file,
		       const struct rk_format_result *got, struct rk_error *err)
{
	struct rk_fmt_result *result = work->result;

	if (got->answer == RK_FORMAT_UNKNOWN) {
		rk_strv_add(&result->broken, file);
		rk_buf_addf(&result->said, "%s: rustfmt cannot read it\n",
			    short_name(work, file));
		rk_buf_add(&result->said, rk_buf_str(&got->said), got->said.len);
	}
	if (got->answer != RK_FORMAT_OTHER)
		return 0;
	rk_strv_add(&result->changed, file);
	if (!work->asked->check)
		return rk_format_write(&work->format, path, got, err);
	add_finding(work, file, got->line);
	return 0;
}

/* Settings above the file count up to the repository's top. */
static int format_file(struct work *work, const char *file, struct rk_error *err)
{
	const char *top = work->pipeline->request->top;
	cleanup_free char *folder = NULL;
	struct rk_format_result got = {0};
	const char *path;
	int r;

	if (rk_format(&folder, err, "%.*s", (int)(rk_path_base(file) - file - 1), file) <
	    0)
		return -(int)err->code;
	work->format.tree = top && rk_path_is_below(file, top) ? top : folder;
	path = file + strlen(work->format.tree);
	path += strspn(path, "/");
	r = rk_format_file(&work->format, work->rustfmt, path, &got, err);
	if (r == 0)
		r = take_result(work, path, file, &got, err);
	rk_format_result_release(&got);
	return r;
}

int rk_pipeline_fmt(struct rk_pipeline *pipeline, const struct rk_fmt_request *request,
		    struct rk_fmt_result *result, struct rk_error *err)
{
	cleanup_free char *rustfmt = NULL;
	struct work work = {.pipeline = pipeline, .asked = request, .result = result};

	if (list_files(request->paths, &result->files, err) < 0 ||
	    find_rustfmt(pipeline, &work.format, &rustfmt, err) < 0)
		return -(int)err->code;
	work.rustfmt = rustfmt;
	for (size_t i = 0; i < result->files.n_items; i++)
		if (format_file(&work, result->files.items[i], err) < 0)
			return -(int)err->code;
	if (rk_strv_check(&result->changed, err) < 0 ||
	    rk_strv_check(&result->broken, err) < 0 ||
	    rk_buf_check(&result->said, err) < 0)
		return -(int)err->code;
	return rk_findings_check(&pipeline->findings, err);
}
