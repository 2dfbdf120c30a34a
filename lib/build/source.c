/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fts.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/build/source.h"

enum {
	MAKEFILE_LIMIT = 1 << 20,
	CMD_LIMIT = 16 << 20,
};

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);
	size_t n = strlen(end);

	return len >= n && strcmp(text + len - n, end) == 0;
}

static bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

bool rk_build_is_makefile(const char *path)
{
	const char *name = rk_path_base(path);

	return starts_with(name, "Kbuild") || starts_with(name, "Makefile") ||
	       starts_with(name, "Kconfig") || strcmp(name, "makefile") == 0 ||
	       strcmp(name, "GNUmakefile") == 0 || ends_with(name, ".mk") ||
	       ends_with(name, ".include") || ends_with(name, ".config");
}

bool rk_build_is_header(const char *path)
{
	return ends_with(path, ".h");
}

/* ---- folders ---- */

/* "obj-m", "obj-y" or "obj-$(CONFIG_...)" at the start of a line. */
static bool names_objects(const char *text)
{
	while (text) {
		text += strspn(text, " \t\n");
		if (starts_with(text, "obj-m") || starts_with(text, "obj-y") ||
		    starts_with(text, "obj-$"))
			return true;
		text = strchr(text, '\n');
	}
	return false;
}

/* @path: of a Kbuild or Makefile, relative to @top */
static bool is_for_kbuild(const char *top, const char *path)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *file = NULL;
	struct rk_error err = RK_ERROR_INIT;

	return rk_path_join(top, path, &file, &err) == 0 &&
	       rk_file_read(file, MAKEFILE_LIMIT, &text, &err) == 0 &&
	       names_objects(rk_buf_str(&text));
}

static int add_folder_of(const char *top, const char *path, struct rk_strv *ret,
			 struct rk_error *err)
{
	cleanup_free char *dir = NULL;
	size_t len = (size_t)(rk_path_base(path) - path);

	if (rk_format(&dir, err, "%s%s%.*s", top, len ? "/" : "",
		      (int)(len ? len - 1 : 0), path) < 0)
		return -(int)err->code;
	if (!rk_strv_contains(ret, dir))
		rk_strv_add(ret, dir);
	return 0;
}

static bool has_sibling(const struct rk_strv *paths, const char *path, const char *name)
{
	size_t len = (size_t)(rk_path_base(path) - path);

	for (size_t i = 0; i < paths->n_items; i++)
		if (strncmp(paths->items[i], path, len) == 0 &&
		    strcmp(paths->items[i] + len, name) == 0)
			return true;
	return false;
}

/* Kbuild reads a Makefile only where there is no Kbuild (scripts/Makefile.build). */
static bool is_read(const struct rk_strv *paths, const char *path)
{
	const char *name = rk_path_base(path);

	if (strcmp(name, "Kbuild") == 0)
		return true;
	return strcmp(name, "Makefile") == 0 && !has_sibling(paths, path, "Kbuild");
}

/* Kbuild goes into folders below by itself. */
static void keep_highest(const struct rk_strv *sorted, struct rk_strv *ret)
{
	for (size_t i = 0; i < sorted->n_items; i++) {
		bool below = false;

		for (size_t j = 0; j < ret->n_items && !below; j++)
			below = rk_path_is_below(sorted->items[i], ret->items[j]);
		if (!below)
			rk_strv_add(ret, sorted->items[i]);
	}
}

int rk_build_find_folders(const char *top, const struct rk_strv *paths,
			  struct rk_strv *ret, struct rk_error *err)
{
	cleanup_strv struct rk_strv found = RK_STRV_INIT;

	for (size_t i = 0; i < paths->n_items; i++) {
		const char *path = paths->items[i];

		if (is_read(paths, path) && is_for_kbuild(top, path) &&
		    add_folder_of(top, path, &found, err) < 0)
			return -(int)err->code;
	}
	if (rk_strv_check(&found, err) < 0)
		return -(int)err->code;
	if (found.n_items == 0) {
		rk_error_set(err, RK_ENOTFOUND,
			     "no Kbuild or Makefile names an object (obj-m)");
		return rk_error_cure(
			err, "no-kbuild",
			"write a Kbuild with 'obj-m := NAME.o', and git add it");
	}
	rk_strv_sort(&found);
	keep_highest(&found, ret);
	return rk_strv_check(ret, err);
}

/* ---- .cmd files ---- */

static int add_input(const char *dir, const char *top, const char *path, size_t len,
		     struct rk_strv *ret, struct rk_error *err)
{
	cleanup_free char *full = NULL;
	size_t top_len = strlen(top);

	if (len == 0 || memchr(path, '$', len) || memchr(path, '\0', len))
		return 0;
	if (path[0] == '/') {
		if (rk_format(&full, err, "%.*s", (int)len, path) < 0)
			return -(int)err->code;
	} else if (rk_format(&full, err, "%s/%.*s", dir, (int)len, path) < 0) {
		return -(int)err->code;
	}
	/* By text: make's paths cross no links that are not their own. */
	rk_path_normalise(full);
	if (strlen(full) > top_len + 1 && rk_path_is_below(full, top))
		rk_strv_add(ret, full + top_len + 1);
	return 0;
}

/* The value of "NAME... := VALUE" where NAME starts with @name; NULL if it is not. */
static const char *value_of(const char *line, size_t len, const char *name,
			    size_t *ret_len)
{
	const char *at;

	if (len < strlen(name) || !starts_with(line, name))
		return NULL;
	at = memmem(line, len, ":=", 2);
	if (!at)
		return NULL;
	at += 2;
	while (at < line + len && *at == ' ')
		at++;
	*ret_len = (size_t)(line + len - at);
	return at;
}

/* A line of a list: blanks, a path, and " \" if more follow. */
static int add_listed(const char *dir, const char *top, const char *line, size_t len,
		      struct rk_strv *ret, struct rk_error *err)
{
	size_t start = 0;
	size_t end = len;

	if (end && line[end - 1] == '\\')
		end--;
	while (end && line[end - 1] == ' ')
		end--;
	while (start < end && (line[start] == ' ' || line[start] == '\t'))
		start++;
	return add_input(dir, top, line + start, end - start, ret, err);
}

int rk_build_parse_cmd(const char *dir, const char *top, const char *text, size_t size,
		       struct rk_strv *ret, struct rk_error *err)
{
	bool in_list = false;

	for (size_t off = 0; off < size;) {
		const char *line = text + off;
		const char *newline = memchr(line, '\n', size - off);
		size_t len = newline ? (size_t)(newline - line) : size - off;
		size_t value_len = 0;
		const char *value = value_of(line, len, "source_", &value_len);
		int r = 0;

		if (value)
			r = add_input(dir, top, value, value_len, ret, err);
		else if (in_list)
			r = add_listed(dir, top, line, len, ret, err);
		if (r < 0)
			return r;
		in_list = len && line[len - 1] == '\\' &&
			  (in_list || value_of(line, len, "deps_", &value_len));
		off += len + 1;
	}
	return rk_strv_check(ret, err);
}

static bool is_cmd_name(const char *name)
{
	return name[0] == '.' && ends_with(name, ".cmd");
}

static void close_fts_p(FTS **fts)
{
	if (*fts)
		fts_close(*fts);
}

static int read_cmd(const char *dir, const char *top, const char *path,
		    struct rk_strv *ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;

	if (rk_file_read(path, CMD_LIMIT, &text, err) < 0)
		return -(int)err->code;
	return rk_build_parse_cmd(dir, top, rk_buf_str(&text), text.len, ret, err);
}

/* Most files are none, and are not even looked at. */
static bool is_cmd(const FTSENT *entry)
{
	struct stat st;

	return (entry->fts_info == FTS_F || entry->fts_info == FTS_NSOK) &&
	       is_cmd_name(entry->fts_name) && lstat(entry->fts_path, &st) == 0 &&
	       S_ISREG(st.st_mode);
}

static int walk(const char *dir, const char *top, struct rk_strv *ret, size_t *ret_n,
		struct rk_error *err)
{
	cleanup_free char *copy = NULL;
	cleanup(close_fts_p) FTS *fts = NULL;
	FTSENT *entry;

	if (rk_strdup(dir, &copy, err) < 0)
		return -(int)err->code;
	fts = fts_open((char *const[]){copy, NULL},
		       FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT, NULL);
	if (!fts)
		return rk_error_sys(err, errno, "'%s'", dir);
	while ((errno = 0, entry = fts_read(fts))) {
		if (entry->fts_info == FTS_ERR || entry->fts_info == FTS_DNR)
			return rk_error_sys(err, entry->fts_errno, "'%s'",
					    entry->fts_path);
		if (!is_cmd(entry))
			continue;
		++*ret_n;
		if (read_cmd(dir, top, entry->fts_path, ret, err) < 0)
			return -(int)err->code;
	}
	return errno ? rk_error_sys(err, errno, "'%s'", dir) : 0;
}

/* A .cmd file names a link; what it leads to can change while the link stays. */
static int add_targets(const char *top, struct rk_strv *found, struct rk_error *err)
{
	cleanup_free char *real_top = NULL;
	size_t n = found->n_items;

	if (rk_path_real(top, &real_top, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < n; i++) {
		cleanup_free char *path = NULL;
		cleanup_free char *target = NULL;
		struct rk_error ignored = RK_ERROR_INIT; /* it may be gone: no link */

		if (rk_path_join(top, found->items[i], &path, err) < 0)
			return -(int)err->code;
		if (rk_path_real(path, &target, &ignored) == 0 &&
		    rk_path_is_below(target, real_top) && strcmp(target, real_top) != 0)
			rk_strv_add(found, target + strlen(real_top) + 1);
	}
	return rk_strv_check(found, err);
}

int rk_build_read_inputs(const char *dir, const char *top, struct rk_strv *ret,
			 struct rk_error *err)
{
	cleanup_strv struct rk_strv found = RK_STRV_INIT;
	size_t n_files = 0;

	if (walk(dir, top, &found, &n_files, err) < 0 || rk_strv_check(&found, err) < 0)
		return -(int)err->code;
	if (n_files == 0)
		return rk_error_set(err, RK_ENOTFOUND, "nothing was built in '%s'", dir);
	if (add_targets(top, &found, err) < 0)
		return -(int)err->code;
	rk_strv_sort(&found);
	for (size_t i = 0; i < found.n_items; i++)
		if (i == 0 || strcmp(found.items[i], found.items[i - 1]) != 0)
			rk_strv_add(ret, found.items[i]);
	return rk_strv_check(ret, err);
}
