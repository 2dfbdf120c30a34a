/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/buf.h"
#include "lib/module/origin.h"

/* The text at @offset, and where the next one begins; NULL at the end. */
static const char *next_comment(struct rk_bytes comment, size_t *offset)
{
	const char *text;
	size_t len;

	while (*offset < comment.size && comment.data[*offset] == '\0')
		++*offset;
	text = (const char *)comment.data + *offset;
	len = strnlen(text, comment.size - *offset);
	if (*offset + len >= comment.size)
		return NULL;
	*offset += len + 1;
	return text;
}

int rk_origin_compilers(const struct rk_view *view, struct rk_strv *ret,
			struct rk_error *err)
{
	size_t count;
	Elf64_Shdr section =
		rk_view_section(view, rk_view_find_any(view, ".comment", &count));
	struct rk_bytes comment = rk_view_contents(view, &section);
	size_t offset = 0;
	const char *text;

	while (comment.size && (text = next_comment(comment, &offset)))
		if (!rk_strv_contains(ret, text))
			rk_strv_add(ret, text);
	return rk_strv_check(ret, err);
}

int rk_origin_rustc(const struct rk_view *view, char **ret, struct rk_error *err)
{
	static const char prefix[] = "rustc version ";
	cleanup_strv struct rk_strv compilers = RK_STRV_INIT;

	if (rk_origin_compilers(view, &compilers, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < compilers.n_items; i++)
		if (strncmp(compilers.items[i], prefix, strlen(prefix)) == 0)
			return rk_format(ret, err, "rustc %s",
					 compilers.items[i] + strlen(prefix));
	*ret = NULL;
	return 0;
}

bool rk_origin_is_rust(struct rk_bytes symbols, struct rk_bytes strings)
{
	static const char mark[] = "___IS_RUST_MODULE";
	Elf64_Sym symbol;

	for (size_t i = 0; rk_bytes_symbol(symbols, i, &symbol); i++) {
		const char *name = (const char *)strings.data + symbol.st_name;
		size_t len;

		if (symbol.st_name >= strings.size)
			continue;
		len = strnlen(name, strings.size - symbol.st_name);
		if (len >= strlen(mark) &&
		    memcmp(name + len - strlen(mark), mark, strlen(mark)) == 0)
			return true;
	}
	return false;
}
