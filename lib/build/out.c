/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/build/internal.h"

/*
 * OUT/.rkmod-out says whose folder it is, so that nothing of anybody else's is written
 * over:
 *	rkmod-out 1
 *	source /home/me/module
 *	copy			or "mo": Kbuild reads the sources where they are
 *	hello.rs		each file that was copied
 */
static const char marker_name[] = ".rkmod-out";

enum {
	MARKER_LIMIT = 16 << 20,
	MAKEFILE_LIMIT = 4 << 20,
};

void rk_build_out_release(struct rk_build_out *out)
{
	free(out->dir);
	free(out->source);
	rk_strv_release(&out->copied);
	memset(out, 0, sizeof(*out));
}

/* ---- which folder ---- */

static int refuse(struct rk_error *err, const char *cure)
{
	return rk_error_cure(err, "out-folder", "%s", cure);
}

/* @out exists and has no links in it. */
static int check_place(const char *dir, const char *out, struct rk_error *err)
{
	if (!rk_build_is_plain_path(out)) {
		rk_error_set(
			err, RK_EREFUSED,
			"'%s' has a blank or one of :%%$#\\'\"&;*?<>()[|` in its path",
			out);
		return rk_error_cure(err, "module-path",
				     "choose another: Kbuild cannot take such a path");
	}
	if (!rk_path_is_below(dir, out))
		return 0;
	rk_error_set(err, RK_EREFUSED,
		     "'%s' cannot take what is built: the sources are in it", out);
	return refuse(err, "name a folder of its own, which may be below the module's");
}

int rk_build_out_check(const struct rk_build_request *request, struct rk_error *err)
{
	struct rk_error missing = RK_ERROR_INIT;
	cleanup_free char *out = NULL;

	/* What does not exist yet holds no sources. */
	if (!request->out || rk_path_real(request->out, &out, &missing) < 0)
		return 0;
	return check_place(request->dir, out, err);
}

/* ---- the file in it ---- */

/* "source DIR", or "" if the text is not ours. */
static int parse_marker(char *text, struct rk_build_out *marker, struct rk_error *err)
{
	static const char head[] = "rkmod-out 1\nsource ";
	char *line = text + sizeof(head) - 1;
	char *end;

	if (strncmp(text, head, sizeof(head) - 1) != 0 || !(end = strchr(line, '\n')))
		return rk_error_set(err, RK_EFORMAT, "it is damaged");
	*end = '\0';
	if (rk_strdup(line, &marker->source, err) < 0)
		return -(int)err->code;
	line = end + 1;
	marker->mo = strncmp(line, "mo\n", 3) == 0;
	while ((end = strchr(line, '\n'))) {
		*end = '\0';
		if (strcmp(line, "mo") != 0 && strcmp(line, "copy") != 0)
			rk_strv_add(&marker->copied, line);
		line = end + 1;
	}
	return rk_strv_check(&marker->copied, err);
}

/* -RK_ENOTFOUND: there is none. */
static int read_marker(const char *dir, struct rk_build_out *marker, struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;

	if (rk_path_join(dir, marker_name, &path, err) < 0 ||
	    rk_file_read(path, MARKER_LIMIT, &text, err) < 0)
		return -(int)err->code;
	rk_buf_adds(&text, "");
	if (rk_buf_check(&text, err) < 0)
		return -(int)err->code;
	if (!text.data || parse_marker(text.data, marker, err) < 0)
		return rk_error_prefix(err, "'%s'", path);
	return 0;
}

static int write_marker(const struct rk_build_out *out, struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;

	rk_buf_addf(&text, "rkmod-out 1\nsource %s\n%s\n", out->source,
		    out->mo ? "mo" : "copy");
	for (size_t i = 0; i < out->copied.n_items; i++)
		rk_buf_addf(&text, "%s\n", out->copied.items[i]);
	if (rk_buf_check(&text, err) < 0 ||
	    rk_path_join(out->dir, marker_name, &path, err) < 0)
		return -(int)err->code;
	return rk_file_write(path, text.data, text.len, 0666, err);
}

static bool is_empty(const char *path)
{
	cleanup_closedir DIR *dir = opendir(path);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			return false;
	return dir != NULL;
}

static int refuse_stranger(const struct rk_build_out *out, struct rk_error *err)
{
	rk_error_set(err, RK_EREFUSED,
		     "'%s' is not empty and was not made by 'rkmod build --out'",
		     out->dir);
	return refuse(err, "name an empty folder or one that does not exist");
}

/* Is the folder new, or left by a build like this one? */
static int check_marker(struct rk_build_out *out, struct rk_error *err)
{
	cleanup(rk_build_out_release) struct rk_build_out found = {0};

	if (read_marker(out->dir, &found, err) < 0) {
		if (err->code != RK_ENOTFOUND)
			return refuse(err, "name another folder, or remove this one");
		return is_empty(out->dir) ? 0 : refuse_stranger(out, err);
	}
	assert(found.source);
	if (strcmp(found.source, out->source) != 0) {
		rk_error_set(err, RK_EREFUSED, "'%s' holds what was built from '%s'",
			     out->dir, found.source);
		return refuse(err, "name another folder, or remove this one");
	}
	if (found.mo != out->mo) {
		rk_error_set(err, RK_EREFUSED,
			     "'%s' was filled by another kernel's Kbuild, which %s",
			     out->dir,
			     found.mo ? "builds into a folder (MO=)" : "cannot use MO=");
		return refuse(err, "name a folder for each kernel, or remove this one");
	}
	out->copied = found.copied;
	found.copied = (struct rk_strv)RK_STRV_INIT;
	return 0;
}

/* ---- what Kbuild can do ---- */

/* Since 6.13 its Makefile knows MO=; others ignore it, and build beside the sources. */
static int find_mo(const struct rk_kernel *kernel, const struct rk_build_request *request,
		   bool *ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;

	*ret = false;
	if (request->copy)
		return 0;
	if (rk_path_join(kernel->srctree, "Makefile", &path, err) < 0 ||
	    rk_root_read(kernel->root, path, MAKEFILE_LIMIT, &text, err) < 0)
		return -(int)err->code;
	*ret = strstr(rk_buf_str(&text), "KBUILD_EXTMOD_OUTPUT") != NULL;
	return 0;
}

/* Kbuild's own test, with a longer answer. */
static int check_clean(const struct rk_build_out *out, struct rk_error *err)
{
	cleanup_free char *order = NULL;

	if (rk_path_join(out->source, "modules.order", &order, err) < 0)
		return -(int)err->code;
	if (!out->mo || access(order, F_OK) < 0)
		return 0;
	rk_error_set(err, RK_EREFUSED,
		     "'%s' holds objects of a build without --out: make would take them",
		     out->source);
	return rk_error_cure(err, "out-unclean", "rkmod build %s -- clean", out->source);
}

int rk_build_out_open(const struct rk_kernel *kernel,
		      const struct rk_build_request *request, struct rk_build_out *out,
		      struct rk_error *err)
{
	int r;

	memset(out, 0, sizeof(*out));
	if (rk_strdup(request->dir, &out->source, err) < 0)
		return -(int)err->code;
	if (!request->out)
		return rk_strdup(request->dir, &out->dir, err);
	if (rk_dir_make(request->out, 0777, err) < 0 ||
	    rk_path_real(request->out, &out->dir, err) < 0 ||
	    check_place(request->dir, out->dir, err) < 0 ||
	    find_mo(kernel, request, &out->mo, err) < 0 || check_clean(out, err) < 0)
		r = -(int)err->code;
	else
		r = check_marker(out, err);
	if (r == 0)
		rk_log(RK_LOG_DEBUG, "builds into '%s' (%s)", out->dir,
		       out->mo         ? "MO="
		       : request->copy ? "a copy"
				       : "a copy: this Kbuild has no MO=");
	else
		rk_build_out_release(out);
	return r;
}

int rk_build_out_fill(struct rk_build_out *out, struct rk_error *err)
{
	if (strcmp(out->dir, out->source) == 0)
		return 0;
	/* First, so that what an interruption leaves is known for ours. */
	if (write_marker(out, err) < 0)
		return -(int)err->code;
	if (out->mo)
		return 0;
	if (rk_build_stage(out, err) < 0)
		return -(int)err->code;
	return write_marker(out, err);
}
