/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/file.h"
#include "lib/build/internal.h"

enum {
	ORDER_LIMIT = 4 << 20,
};

/* Return: the length without ".o" or ".ko", 0 if it ends with neither. */
static size_t stem_len(const char *line, size_t len)
{
	if (len > 3 && memcmp(line + len - 3, ".ko", 3) == 0)
		return len - 3;
	if (len > 2 && memcmp(line + len - 2, ".o", 2) == 0)
		return len - 2;
	return 0;
}

static bool has_parent_component(const char *path)
{
	const char *part = path;

	for (; (part = strstr(part, "..")); part += 2)
		if ((part == path || part[-1] == '/') && (!part[2] || part[2] == '/'))
			return true;
	return false;
}

static int add_line(const char *dir, const char *line, size_t len, struct rk_strv *ret,
		    struct rk_error *err)
{
	cleanup_free char *name = NULL;
	cleanup_free char *joined = NULL;
	cleanup_free char *path = NULL;
	size_t stem = stem_len(line, len);

	if (rk_format(&name, err, "%.*s.ko", (int)stem, line) < 0)
		return -(int)err->code;
	if (!stem || memchr(line, '\0', len) || has_parent_component(name))
		return rk_error_set(
			err, RK_EFORMAT,
			"'%s/modules.order': '%.*s' is no module of this folder", dir,
			(int)len, line);
	if (rk_path_join(name[0] == '/' ? "" : dir, name, &joined, err) < 0 ||
	    rk_path_absolute(joined, &path, err) < 0)
		return -(int)err->code;
	if (!rk_path_is_below(path, dir))
		return rk_error_set(err, RK_EFORMAT,
				    "'%s/modules.order': '%s' is outside the folder", dir,
				    path);
	if (!rk_strv_contains(ret, path))
		rk_strv_add(ret, path);
	return 0;
}

int rk_build_parse_order(const char *dir, const char *text, size_t size,
			 struct rk_strv *ret, struct rk_error *err)
{
	for (size_t off = 0; off < size;) {
		const char *line = text + off;
		const char *newline = memchr(line, '\n', size - off);
		size_t len = newline ? (size_t)(newline - line) : size - off;

		if (len && add_line(dir, line, len, ret, err) < 0)
			return -(int)err->code;
		off += len + 1;
	}
	return rk_strv_check(ret, err);
}

int rk_build_list_modules(const char *dir, struct rk_strv *ret, struct rk_error *err)
{
	cleanup_strv struct rk_strv named = RK_STRV_INIT;
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	struct stat st;

	if (rk_path_join(dir, "modules.order", &path, err) < 0)
		return -(int)err->code;
	if (rk_file_read(path, ORDER_LIMIT, &text, err) < 0) {
		/* Not every target makes one. */
		return err->code == RK_ENOTFOUND ? 0 : -(int)err->code;
	}
	if (rk_build_parse_order(dir, rk_buf_str(&text), text.len, &named, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < named.n_items; i++)
		if (stat(named.items[i], &st) == 0 && S_ISREG(st.st_mode))
			rk_strv_add(ret, named.items[i]);
	rk_strv_sort(ret);
	return rk_strv_check(ret, err);
}
