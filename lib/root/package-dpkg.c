/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/file.h"
#include "lib/root/dpkg.h"
#include "lib/root/package-db.h"

static const char status_path[] = "/var/lib/dpkg/status";
static const char info_dir[] = "/var/lib/dpkg/info";
static const char *const places[] = {status_path, NULL};

enum {
	STATUS_LIMIT = 256 << 20,
	LIST_LIMIT = 64 << 20,
};

/* ---- dpkg's status ---- */

/* "install ok installed"; what only waits for triggers is there too. */
static bool is_installed(const struct rk_dpkg_span *paragraph)
{
	static const char *const states[] = {" installed", " triggers-awaited",
					     " triggers-pending"};
	struct rk_dpkg_span status;

	if (!rk_dpkg_field(paragraph, "Status", &status))
		return false;
	for (size_t i = 0; i < RK_ARRAY_LEN(states); i++) {
		size_t len = strlen(states[i]);

		if (status.len > len &&
		    memcmp(status.text + status.len - len, states[i], len) == 0)
			return true;
	}
	return false;
}

/* Without a database nothing is installed. */
static int read_status(const struct rk_root *root, struct rk_buf *buf,
		       struct rk_dpkg_iter *ret, struct rk_error *err)
{
	struct rk_error here = RK_ERROR_INIT;

	if (rk_root_read(root, status_path, STATUS_LIMIT, buf, &here) < 0 &&
	    here.code != RK_ENOTFOUND) {
		*err = here;
		return -(int)err->code;
	}
	*ret = (struct rk_dpkg_iter){.next = rk_buf_str(buf),
				     .end = rk_buf_str(buf) + buf->len};
	return 0;
}

static bool is_named(const struct rk_dpkg_span *paragraph, const char *name, size_t len)
{
	struct rk_dpkg_span field;

	return rk_dpkg_field(paragraph, "Package", &field) && field.len == len &&
	       memcmp(field.text, name, len) == 0;
}

static int find(const struct rk_root *root, const char *name, struct rk_package *ret,
		struct rk_error *err)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_dpkg_span paragraph;
	struct rk_dpkg_iter iter;
	size_t len = strcspn(name, ":"); /* "name:amd64" names the same here */

	if (read_status(root, &buf, &iter, err) < 0)
		return -(int)err->code;
	while (rk_dpkg_next(&iter, &paragraph)) {
		struct rk_error ignored = RK_ERROR_INIT;

		if (is_named(&paragraph, name, len) && is_installed(&paragraph) &&
		    rk_dpkg_package(&paragraph, ret, &ignored) == 0)
			return 0;
	}
	return rk_package_not_installed(root, name, err);
}

static int list(const struct rk_root *root, const char *prefix, struct rk_strv *ret,
		struct rk_error *err)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	cleanup_strv struct rk_strv names = RK_STRV_INIT;
	struct rk_dpkg_span paragraph;
	struct rk_dpkg_iter iter;

	if (read_status(root, &buf, &iter, err) < 0)
		return -(int)err->code;
	while (rk_dpkg_next(&iter, &paragraph)) {
		struct rk_dpkg_span name;

		if (rk_dpkg_field(&paragraph, "Package", &name) &&
		    rk_dpkg_is_name(name.text, name.len) && name.len >= strlen(prefix) &&
		    memcmp(name.text, prefix, strlen(prefix)) == 0 &&
		    is_installed(&paragraph))
			rk_strv_addf(&names, "%.*s", (int)name.len, name.text);
	}
	rk_strv_sort(&names);
	for (size_t i = 0; i < names.n_items; i++) /* once for all architectures */
		if (i == 0 || strcmp(names.items[i], names.items[i - 1]) != 0)
			rk_strv_add(ret, names.items[i]);
	return rk_strv_check(&names, err) < 0 ? -(int)err->code : rk_strv_check(ret, err);
}

/* ---- files of packages ---- */

/* info/NAME.list or, of a package that may be there for several architectures,
 * info/NAME:ARCH.list. */
static int read_list(const struct rk_root *root, const struct rk_package *package,
		     struct rk_buf *buf, struct rk_error *err)
{
	cleanup_free char *plain = NULL;
	cleanup_free char *qualified = NULL;
	const char *path;

	if (rk_format(&plain, err, "%s/%s.list", info_dir, package->name) < 0 ||
	    rk_format(&qualified, err, "%s/%s:%s.list", info_dir, package->name,
		      package->arch) < 0)
		return -(int)err->code;
	path = rk_root_exists(root, qualified) ? qualified : plain;
	return rk_root_read(root, path, LIST_LIMIT, buf, err);
}

static int files(const struct rk_root *root, const char *name, struct rk_strv *ret,
		 struct rk_error *err)
{
	cleanup(rk_package_release) struct rk_package package = {0};
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	const char *line;

	if (find(root, name, &package, err) < 0 ||
	    read_list(root, &package, &buf, err) < 0)
		return -(int)err->code;
	for (line = rk_buf_str(&buf); *line;) {
		size_t len = strcspn(line, "\n");

		if (line[0] == '/' && !(len == 2 && line[1] == '.'))
			rk_strv_addf(ret, "%.*s", (int)len, line);
		line += len;
		line += *line == '\n';
	}
	return rk_strv_check(ret, err);
}

static bool has_line(const struct rk_buf *list, const char *line)
{
	const char *at = rk_buf_str(list);
	const char *end = at + list->len;
	size_t len = strlen(line);

	while ((at = memmem(at, (size_t)(end - at), line, len))) {
		if ((at == list->data || at[-1] == '\n') && at[len] == '\n')
			return true;
		at++;
	}
	return false;
}

/* With merged /usr a list may say /lib/modules where the file system says
 * /usr/lib/modules, and the other way round. */
static int other_spelling(const char *path, char **ret, struct rk_error *err)
{
	static const char *const merged[] = {"/bin/", "/lib/", "/lib32/", "/lib64/",
					     "/sbin/"};
	bool in_usr = strncmp(path, "/usr/", 5) == 0;
	const char *rest = in_usr ? path + 4 : path;

	for (size_t i = 0; i < RK_ARRAY_LEN(merged); i++)
		if (strncmp(rest, merged[i], strlen(merged[i])) == 0)
			return rk_format(ret, err, "%s%s", in_usr ? "" : "/usr", rest);
	return rk_strdup(path, ret, err);
}

/* "NAME" of "NAME.list" or "NAME:ARCH.list"; false for other files. */
static bool name_of_list(const char *file, struct rk_dpkg_span *ret)
{
	size_t len = strlen(file);

	if (len < 5 || strcmp(file + len - 5, ".list") != 0)
		return false;
	ret->text = file;
	ret->len = strcspn(file, ":");
	if (ret->len > len - 5)
		ret->len = len - 5;
	return rk_dpkg_is_name(ret->text, ret->len);
}

/* Is one of @paths in the list @file, and its package installed? 1, 0, or -code. */
static int owns(const struct rk_root *root, const char *file, const char *const paths[2],
		struct rk_package *ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf list = RK_BUF_INIT;
	cleanup_free char *full = NULL;
	cleanup_free char *name = NULL;
	struct rk_dpkg_span span;
	int r;

	if (!name_of_list(file, &span))
		return 0;
	if (rk_path_join(info_dir, file, &full, err) < 0 ||
	    rk_format(&name, err, "%.*s", (int)span.len, span.text) < 0 ||
	    rk_root_read(root, full, LIST_LIMIT, &list, err) < 0)
		return -(int)err->code;
	if (!has_line(&list, paths[0]) && !has_line(&list, paths[1]))
		return 0;
	r = find(root, name, ret, err);
	if (r == 0)
		return 1;
	return r == -RK_ENOTFOUND ? 0 : r; /* removed, its configuration kept */
}

static int owner(const struct rk_root *root, const char *path, struct rk_package *ret,
		 struct rk_error *err)
{
	cleanup_strv struct rk_strv files = RK_STRV_INIT;
	cleanup_free char *other = NULL;
	struct rk_error here = RK_ERROR_INIT;

	if (rk_root_list_dir(root, info_dir, &files, &here) < 0 &&
	    here.code != RK_ENOTFOUND) {
		*err = here;
		return -(int)err->code;
	}
	if (other_spelling(path, &other, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; path[0] == '/' && i < files.n_items; i++) {
		int r = owns(root, files.items[i], (const char *const[]){path, other},
			     ret, &here);

		if (r == 1)
			return 0;
		if (r < 0) {
			*err = here;
			return r;
		}
	}
	return rk_package_not_owned(path, err);
}

const struct rk_package_db rk_package_dpkg = {
	.places = places,
	.find = find,
	.owner = owner,
	.list = list,
	.files = files,
};
