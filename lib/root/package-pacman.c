/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pacman's database: a folder NAME-VERSION for each package, in it the files desc and
 * files, both of sections
 *
 *	%NAME%
 *	linux-headers
 *
 * that end with an empty line.
 */
#include <string.h>

#include "lib/base/file.h"
#include "lib/root/package-db.h"

static const char local_dir[] = "/var/lib/pacman/local";
static const char *const places[] = {local_dir, NULL};

enum {
	DESC_LIMIT = 1 << 20,
	FILES_LIMIT = 64 << 20,
};

/* The first line of a section, NULL if there is none; its lines end with an empty one. */
static const char *find_section(const char *text, const char *title)
{
	size_t len = strlen(title);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, title, len) == 0 && line[len] == '\n')
			return line + len + 1;
	}
	return NULL;
}

/* The only line of a section; NULL if it is empty or is not there. */
static int read_field(const char *text, const char *title, char **ret,
		      struct rk_error *err)
{
	const char *line = find_section(text, title);
	size_t len = line ? strcspn(line, "\n") : 0;

	return len ? rk_format(ret, err, "%.*s", (int)len, line) : 0;
}

/* All lines of a section, with commas between them. */
static int read_words(const char *text, const char *title, char **ret,
		      struct rk_error *err)
{
	const char *line = find_section(text, title);
	cleanup_buf struct rk_buf words = RK_BUF_INIT;

	while (line && *line && *line != '\n') {
		size_t len = strcspn(line, "\n");

		rk_buf_addf(&words, "%s%.*s", words.len ? ", " : "", (int)len, line);
		line += len;
		line += *line == '\n';
	}
	return rk_buf_take(&words, ret, err);
}

static int read_part(const struct rk_root *root, const char *entry, const char *part,
		     size_t limit, struct rk_buf *ret, struct rk_error *err)
{
	cleanup_free char *path = NULL;

	if (rk_format(&path, err, "%s/%s/%s", local_dir, entry, part) < 0)
		return -(int)err->code;
	return rk_root_read(root, path, limit, ret, err);
}

static int take_desc(const char *text, struct rk_package *ret, struct rk_error *err)
{
	cleanup_free char *name = NULL;
	cleanup_free char *version = NULL;
	cleanup_free char *arch = NULL;
	cleanup_free char *base = NULL;
	cleanup_free char *depends = NULL;

	if (read_field(text, "%NAME%", &name, err) < 0 ||
	    read_field(text, "%VERSION%", &version, err) < 0 ||
	    read_field(text, "%ARCH%", &arch, err) < 0 ||
	    read_field(text, "%BASE%", &base, err) < 0 ||
	    read_words(text, "%DEPENDS%", &depends, err) < 0)
		return -(int)err->code;
	if (!name || !version)
		return rk_error_set(err, RK_EFORMAT, "a package without name or version");
	return rk_package_set(ret,
			      (const char *const[]){name, version, arch,
						    base ? base : name, version, depends},
			      err);
}

/* Of an entry "NAME-VERSION-RELEASE": does it start with @name and a '-'? */
static bool may_be(const char *entry, const char *name)
{
	size_t len = strlen(name);

	return strncmp(entry, name, len) == 0 && entry[len] == '-';
}

static int list_entries(const struct rk_root *root, struct rk_strv *ret,
			struct rk_error *err)
{
	return rk_root_list_dir(root, local_dir, ret, err);
}

/* The package of an entry, if its description makes sense. Return: 0, -code; what is
 * damaged or half removed is -RK_EFORMAT or -RK_ENOTFOUND. */
static int read_entry(const struct rk_root *root, const char *entry,
		      struct rk_package *ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf desc = RK_BUF_INIT;

	if (read_part(root, entry, "desc", DESC_LIMIT, &desc, err) < 0)
		return -(int)err->code;
	return take_desc(rk_buf_str(&desc), ret, err);
}

/* @ret_entry: its folder, or NULL. */
static int find_entry(const struct rk_root *root, const char *name,
		      struct rk_package *ret, char **ret_entry, struct rk_error *err)
{
	cleanup_strv struct rk_strv entries = RK_STRV_INIT;

	if (list_entries(root, &entries, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < entries.n_items; i++) {
		cleanup(rk_package_release) struct rk_package package = {0};
		struct rk_error ignored = RK_ERROR_INIT;

		if (!may_be(entries.items[i], name) ||
		    read_entry(root, entries.items[i], &package, &ignored) < 0 ||
		    !package.name || strcmp(package.name, name) != 0)
			continue;
		if (ret_entry && rk_strdup(entries.items[i], ret_entry, err) < 0)
			return -(int)err->code;
		*ret = package;
		package = (struct rk_package){0};
		return 0;
	}
	return rk_package_not_installed(root, name, err);
}

static int find(const struct rk_root *root, const char *name, struct rk_package *ret,
		struct rk_error *err)
{
	return find_entry(root, name, ret, NULL, err);
}

static int list(const struct rk_root *root, const char *prefix, struct rk_strv *ret,
		struct rk_error *err)
{
	cleanup_strv struct rk_strv entries = RK_STRV_INIT;
	cleanup_strv struct rk_strv names = RK_STRV_INIT;

	if (list_entries(root, &entries, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < entries.n_items; i++) {
		cleanup(rk_package_release) struct rk_package package = {0};
		struct rk_error ignored = RK_ERROR_INIT;

		if (strncmp(entries.items[i], prefix, strlen(prefix)) == 0 &&
		    read_entry(root, entries.items[i], &package, &ignored) == 0 &&
		    package.name && strncmp(package.name, prefix, strlen(prefix)) == 0)
			rk_strv_add(&names, package.name);
	}
	rk_strv_sort(&names);
	rk_strv_add_strv(ret, &names);
	return rk_strv_check(&names, err) < 0 ? -(int)err->code : rk_strv_check(ret, err);
}

/* Folders have a '/' behind them, and none has one before it. */
static int files(const struct rk_root *root, const char *name, struct rk_strv *ret,
		 struct rk_error *err)
{
	cleanup(rk_package_release) struct rk_package package = {0};
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *entry = NULL;
	const char *line;

	if (find_entry(root, name, &package, &entry, err) < 0 ||
	    read_part(root, entry, "files", FILES_LIMIT, &text, err) < 0)
		return -(int)err->code;
	line = find_section(rk_buf_str(&text), "%FILES%");
	while (line && *line && *line != '\n') {
		size_t len = strcspn(line, "\n");
		bool folder = line[len - 1] == '/';

		rk_strv_addf(ret, "/%.*s", (int)(len - folder), line);
		line += len;
		line += *line == '\n';
	}
	return rk_strv_check(ret, err);
}

/* A line that is @path without its first '/', with or without one behind it. */
static bool has_file(const char *text, const char *path)
{
	const char *at = find_section(text, "%FILES%");
	size_t len = strlen(path + 1);

	while (at && (at = strstr(at, path + 1))) {
		const char *end = at + len + (at[len] == '/');

		if (at[-1] == '\n' && (*end == '\n' || *end == '\0'))
			return true;
		at++;
	}
	return false;
}

static int owner(const struct rk_root *root, const char *path, struct rk_package *ret,
		 struct rk_error *err)
{
	cleanup_strv struct rk_strv entries = RK_STRV_INIT;

	if (!path[1] || list_entries(root, &entries, err) < 0)
		return path[1] ? -(int)err->code : rk_package_not_owned(path, err);
	for (size_t i = 0; i < entries.n_items; i++) {
		cleanup_buf struct rk_buf text = RK_BUF_INIT;
		struct rk_error ignored = RK_ERROR_INIT;

		if (read_part(root, entries.items[i], "files", FILES_LIMIT, &text,
			      &ignored) == 0 &&
		    has_file(rk_buf_str(&text), path) &&
		    read_entry(root, entries.items[i], ret, &ignored) == 0)
			return 0;
	}
	return rk_package_not_owned(path, err);
}

const struct rk_package_db rk_package_pacman = {
	.places = places,
	.find = find,
	.owner = owner,
	.list = list,
	.files = files,
};
