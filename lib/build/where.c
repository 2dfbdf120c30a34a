/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/build/where.h"

static bool is_digit(char c)
{
	return isdigit((unsigned char)c);
}

/* ":12" before @end; @ret_line is what it says. Return: where it begins, or NULL. */
static const char *number_before(const char *begin, const char *end, size_t *ret_line)
{
	const char *at = end;

	while (at > begin && is_digit(at[-1]))
		at--;
	if (at == end || at - begin < 2 || at[-1] != ':')
		return NULL;
	*ret_line = strtoul(at, NULL, 10);
	return at - 1;
}

/* "a.rs:3:9" to the end of the line: the path may hold anything. */
static bool find_rust(const char *at, struct rk_where *ret)
{
	size_t column;
	const char *end = at + strlen(at);
	const char *colon = number_before(at, end, &column);

	if (colon)
		colon = number_before(at, colon, &ret->line);
	if (!colon)
		return false;
	ret->path = at;
	ret->path_len = (size_t)(colon - at);
	return ret->line > 0;
}

/* "a.c:3:", no blanks before. */
static bool find_c(const char *at, struct rk_where *ret)
{
	size_t len = strcspn(at, ": \t");
	const char *end;

	if (len == 0 || at[len] != ':' || !is_digit(at[len + 1]))
		return false;
	end = at + len + 1;
	while (is_digit(*end))
		end++;
	if (*end != ':' && *end != ',')
		return false;
	ret->path = at;
	ret->path_len = len;
	ret->line = strtoul(at + len + 1, NULL, 10);
	return ret->line > 0;
}

bool rk_where_find(const char *line, struct rk_where *ret)
{
	static const char included[] = "In file included from ";
	static const char more[] = "                 from ";
	const char *text = line + strspn(line, " ");

	if (strncmp(text, "--> ", 4) == 0 || strncmp(text, "::: ", 4) == 0)
		return find_rust(text + 4, ret);
	if (strncmp(line, included, strlen(included)) == 0 ||
	    strncmp(line, more, strlen(more)) == 0)
		return find_c(line + strlen(included), ret);
	return find_c(line, ret);
}

static bool is_file_below(const char *path, const char *top)
{
	struct stat st;

	return rk_path_is_below(path, top) && strcmp(path, top) != 0 &&
	       stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

int rk_where_below(const char *path, size_t path_len, const char *const *dirs,
		   const char *top, char **ret, struct rk_error *err)
{
	for (; *dirs; dirs++) {
		cleanup_free char *full = NULL;
		bool absolute = path[0] == '/';

		if (rk_format(&full, err, "%s%s%.*s", absolute ? "" : *dirs,
			      absolute ? "" : "/", (int)path_len, path) < 0)
			return -(int)err->code;
		rk_path_normalise(full);
		if (is_file_below(full, top))
			return rk_strdup(full + strlen(top) + 1, ret, err);
	}
	*ret = NULL;
	return 0;
}

int rk_where_rebase(const char *line, const char *const *dirs, const char *top,
		    struct rk_buf *ret, struct rk_error *err)
{
	cleanup_free char *path = NULL;
	struct rk_where where;

	if (rk_where_find(line, &where) &&
	    rk_where_below(where.path, where.path_len, dirs, top, &path, err) < 0)
		return -(int)err->code;
	if (!path) {
		rk_buf_adds(ret, line);
		return 0;
	}
	rk_buf_add(ret, line, (size_t)(where.path - line));
	rk_buf_adds(ret, path);
	rk_buf_adds(ret, where.path + where.path_len);
	return 0;
}
