/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/memory.h"
#include "lib/kernel/index.h"
#include "lib/kernel/symvers.h"

struct rk_symvers {
	struct rk_buf text; /* what the exports point into */
	struct rk_export *exports;
	size_t n_exports;
	size_t cap;
	struct rk_index index;
};

/* Ends the column at @next with a NUL where its tab was; NULL: there is no tab before the
 * line's own NUL. */
static char *take_column(char **next)
{
	char *start = *next;
	char *tab = strchrnul(start, '\t');

	if (!*tab)
		return NULL;
	*tab = '\0';
	*next = tab + 1;
	return start;
}

static bool parse_crc(const char *text, uint32_t *ret)
{
	uint32_t crc = 0;
	size_t n_digits;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	for (n_digits = 0; text[n_digits]; n_digits++) {
		char c = text[n_digits];
		uint32_t digit;

		if (c >= '0' && c <= '9')
			digit = (uint32_t)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			digit = (uint32_t)((c | 0x20) - 'a') + 10;
		else
			return false;
		if (n_digits == 8)
			return false;
		crc = crc << 4 | digit;
	}
	*ret = crc;
	return n_digits > 0;
}

/* True, and @next is behind them, if these bytes are next. */
static bool skip(char **next, const char *end, const char *bytes, size_t len)
{
	if ((size_t)(end - *next) < len || memcmp(*next, bytes, len) != 0)
		return false;
	*next += len;
	return true;
}
#define SKIP(next, end, text) skip(next, end, text, sizeof(text) - 1)

/* What is wrong with the end of a line, from its fourth column, or NULL. */
static const char *parse_license(char *line, char *end, struct rk_export *ret)
{
	bool known = SKIP(&line, end, "EXPORT_SYMBOL");

	ret->gpl_only = known && SKIP(&line, end, "_GPL");
	known = known && (!*line || *line == '\t');
	/* Kernels before 5.4 write no namespace column. */
	if (*line != '\t')
		line = strchrnul(line, '\t');
	ret->ns = line + (*line == '\t');
	if (*ret->ns && strchr(ret->ns, '\t'))
		return "has more than 5 columns";
	return known ? NULL
		     : "has neither EXPORT_SYMBOL nor EXPORT_SYMBOL_GPL in column 4";
}

/* What is wrong with the line, or NULL. Most lines have no CRC and are of vmlinux. */
static const char *parse_line(char *line, char *end, struct rk_export *ret)
{
	static const char zeroes[] = "0x00000000\t";
	char *crc = line;
	const char *wrong;
	bool has_owner;

	*end = '\0';
	if (SKIP(&line, end, zeroes))
		crc = NULL;
	else if (!take_column(&line))
		return "has fewer than 4 columns";
	ret->name = take_column(&line);
	ret->owner = line;
	has_owner = SKIP(&line, end, "vmlinux\t");
	if (has_owner)
		line[-1] = '\0';
	if (!ret->name || (!has_owner && !take_column(&line)))
		return "has fewer than 4 columns";
	wrong = parse_license(line, end, ret);
	ret->crc = 0;
	if (crc && !parse_crc(crc, &ret->crc))
		return "begins with no CRC of up to 8 hexadecimal digits";
	if (!*ret->name || !*ret->owner)
		return "has an empty name";
	return wrong;
}

static struct rk_export *add_export(struct rk_symvers *symvers)
{
	if (symvers->n_exports == symvers->cap) {
		size_t cap =
			symvers->cap ? symvers->cap * 2 : symvers->text.len / 64 + 16;
		struct rk_export *exports =
			symvers->cap
				? reallocarray(symvers->exports, cap, sizeof(*exports))
				: rk_memory_alloc(cap * sizeof(*exports), NULL);

		if (!exports)
			return NULL;
		symvers->exports = exports;
		symvers->cap = cap;
	}
	return &symvers->exports[symvers->n_exports++];
}

static int parse_lines(struct rk_symvers *symvers, struct rk_error *err)
{
	char *end = symvers->text.data + symvers->text.len;
	char *next = symvers->text.data;

	while (next < end) {
		char *newline = memchr(next, '\n', (size_t)(end - next));
		char *line_end = newline ? newline : end;
		struct rk_export *export = add_export(symvers);
		const char *wrong;

		if (!export)
			return rk_error_nomem(err);
		wrong = parse_line(next, line_end, export);
		if (wrong)
			return rk_error_set(err, RK_EFORMAT, "line %zu %s",
					    symvers->n_exports, wrong);
		next = line_end + 1;
	}
	return 0;
}

static int index_exports(struct rk_symvers *symvers, struct rk_error *err)
{
	const struct rk_export *exports = symvers->exports;

	if (rk_index_init(&symvers->index, symvers->n_exports, err) < 0)
		return -(int)err->code;
	for (int32_t i = 0; (size_t)i < symvers->n_exports; i++) {
		int32_t other =
			rk_index_add(&symvers->index, exports, sizeof(*exports), i);

		if (other != RK_INDEX_NONE && strcmp(exports[i].owner, "vmlinux") == 0 &&
		    strcmp(exports[other].owner, "vmlinux") != 0)
			rk_index_replace(&symvers->index, exports, sizeof(*exports), i);
	}
	return 0;
}

/* Lines up to and with the one of @at. */
static size_t line_of(const char *text, const char *at)
{
	size_t line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

int rk_symvers_parse(struct rk_buf *text, struct rk_symvers **ret, struct rk_error *err)
{
	cleanup(rk_symvers_free_p) struct rk_symvers *symvers = NULL;
	const char *nul = text->len ? memchr(text->data, '\0', text->len) : NULL;

	if (rk_buf_check(text, err) < 0)
		return -(int)err->code;
	if (nul)
		return rk_error_set(err, RK_EFORMAT, "line %zu has a NUL byte",
				    line_of(text->data, nul));
	symvers = calloc(1, sizeof(*symvers));
	if (!symvers)
		return rk_error_nomem(err);
	/* Cut in place; a caller whose text is refused frees it, and needs no copy. */
	symvers->text = *text;
	if (parse_lines(symvers, err) < 0 || index_exports(symvers, err) < 0) {
		symvers->text = (struct rk_buf)RK_BUF_INIT;
		return -(int)err->code;
	}
	*text = (struct rk_buf)RK_BUF_INIT;
	*ret = RK_STEAL(symvers);
	return 0;
}

void rk_symvers_free(struct rk_symvers *symvers)
{
	if (!symvers)
		return;
	rk_buf_release(&symvers->text);
	free(symvers->exports);
	rk_index_release(&symvers->index);
	free(symvers);
}

const struct rk_export *rk_symvers_find(const struct rk_symvers *symvers,
					const char *name)
{
	int32_t i = rk_index_find(&symvers->index, symvers->exports,
				  sizeof(*symvers->exports), name);

	return i == RK_INDEX_NONE ? NULL : &symvers->exports[i];
}

size_t rk_symvers_count(const struct rk_symvers *symvers)
{
	return symvers->n_exports;
}

const struct rk_export *rk_symvers_at(const struct rk_symvers *symvers, size_t i)
{
	return &symvers->exports[i];
}
