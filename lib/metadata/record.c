/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "lib/metadata/record.h"

/*
 * Lines, the first four in this order:
 *
 *	rkmod-set 1
 *	key HEX
 *	rustc TEXT
 *	exports N
 *	file SHA256 SIZE MTIME_NS INODE PATH
 */
static const char first_line[] = "rkmod-set 1";
const char rk_record_name[] = "record";

void rk_record_free(struct rk_record *record)
{
	if (!record)
		return;
	for (size_t i = 0; i < record->n_files; i++)
		free(record->files[i].path);
	free(record->files);
	free(record->key);
	free(record->rustc_text);
	free(record);
}

/* ---- reading the text ---- */

struct lines {
	const char *next;
	const char *end;
	size_t number; /* of the line that was read last */
};

/* The next line without its newline; false at the end. */
static bool next_line(struct lines *lines, const char **ret, size_t *ret_len)
{
	const char *newline;

	if (lines->next == lines->end)
		return false;
	newline = memchr(lines->next, '\n', (size_t)(lines->end - lines->next));
	if (!newline)
		return false;
	*ret = lines->next;
	*ret_len = (size_t)(newline - lines->next);
	lines->next = newline + 1;
	lines->number++;
	return true;
}

/* A copy of what follows "NAME " on the next line. */
static int read_field(struct lines *lines, const char *name, char **ret,
		      struct rk_error *err)
{
	size_t skip = strlen(name) + 1;
	const char *line;
	size_t len;

	if (!next_line(lines, &line, &len) || len <= skip ||
	    strncmp(line, name, skip - 1) != 0 || line[skip - 1] != ' ' ||
	    memchr(line, '\0', len))
		return rk_error_set(err, RK_EFORMAT, "no '%s' in line %zu", name,
				    lines->number);
	return rk_format(ret, err, "%.*s", (int)(len - skip), line + skip);
}

/* Decimal digits only, followed by a blank, which is skipped too. */
static bool read_number(char **text, uint64_t *ret)
{
	char *end;

	if ((*text)[0] < '0' || (*text)[0] > '9')
		return false;
	errno = 0;
	*ret = strtoull(*text, &end, 10);
	if (errno || *end != ' ')
		return false;
	*text = end + 1;
	return true;
}

static bool is_hex(const char *text, size_t len)
{
	return strspn(text, "0123456789abcdef") >= len;
}

/* Below the set, and only downwards. */
static bool is_inside(const char *path)
{
	size_t len;

	for (;; path += len + 1) {
		len = strcspn(path, "/");
		if (len == 0 || (len == 1 && path[0] == '.') ||
		    (len == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		if (!path[len])
			return true;
	}
}

static bool parse_file(char *text, struct rk_record_file *file)
{
	size_t hex = RK_SHA256_HEX_SIZE - 1;
	uint64_t mtime;

	if (strlen(text) <= hex || !is_hex(text, hex) || text[hex] != ' ')
		return false;
	memcpy(file->sha256, text, hex);
	file->sha256[hex] = '\0';
	text += hex + 1;
	if (!read_number(&text, &file->size) || !read_number(&text, &mtime) ||
	    mtime > INT64_MAX || !read_number(&text, &file->inode) || !is_inside(text))
		return false;
	file->mtime_ns = (int64_t)mtime;
	file->path = strdup(text);
	return file->path != NULL;
}

static int parse_files(struct lines *lines, struct rk_record *record,
		       struct rk_error *err)
{
	record->files = calloc(RK_RECORD_MAX_FILES, sizeof(*record->files));
	if (!record->files)
		return rk_error_nomem(err);
	while (lines->next < lines->end) {
		cleanup_free char *text = NULL;

		if (record->n_files == RK_RECORD_MAX_FILES)
			return rk_error_set(err, RK_EFORMAT, "more than %d files",
					    RK_RECORD_MAX_FILES);
		if (read_field(lines, "file", &text, err) < 0)
			return -(int)err->code;
		if (!parse_file(text, &record->files[record->n_files]))
			return rk_error_set(err, RK_EFORMAT, "bad file in line %zu",
					    lines->number);
		record->n_files++;
	}
	if (!record->n_files)
		return rk_error_set(err, RK_EFORMAT, "no files");
	return 0;
}

static int parse_exports(struct lines *lines, struct rk_record *record,
			 struct rk_error *err)
{
	cleanup_free char *text = NULL;
	cleanup_free char *number = NULL;
	uint64_t n_exports;
	char *next;

	if (read_field(lines, "exports", &text, err) < 0 ||
	    rk_format(&number, err, "%s ", text) < 0)
		return -(int)err->code;
	next = number;
	if (!read_number(&next, &n_exports) || *next || n_exports > SIZE_MAX)
		return rk_error_set(err, RK_EFORMAT, "bad number in line %zu",
				    lines->number);
	record->n_exports = (size_t)n_exports;
	return 0;
}

int rk_record_parse(const char *text, size_t size, struct rk_record **ret,
		    struct rk_error *err)
{
	cleanup(rk_record_free_p) struct rk_record *record = calloc(1, sizeof(*record));
	struct lines lines = {.next = text, .end = text + size};
	const char *line;
	size_t len;

	if (!record)
		return rk_error_nomem(err);
	if (!next_line(&lines, &line, &len) || len != sizeof(first_line) - 1 ||
	    memcmp(line, first_line, len) != 0)
		return rk_error_set(err, RK_EFORMAT, "no record of a metadata set");
	if (read_field(&lines, "key", &record->key, err) < 0 ||
	    read_field(&lines, "rustc", &record->rustc_text, err) < 0 ||
	    parse_exports(&lines, record, err) < 0 ||
	    parse_files(&lines, record, err) < 0)
		return -(int)err->code;
	*ret = RK_STEAL(record);
	return 0;
}

int rk_record_print(const struct rk_record *record, struct rk_buf *buf,
		    struct rk_error *err)
{
	rk_buf_addf(buf, "%s\nkey %s\nrustc %s\nexports %zu\n", first_line, record->key,
		    record->rustc_text, record->n_exports);
	for (size_t i = 0; i < record->n_files; i++) {
		const struct rk_record_file *file = &record->files[i];

		rk_buf_addf(buf, "file %s %" PRIu64 " %" PRId64 " %" PRIu64 " %s\n",
			    file->sha256, file->size, file->mtime_ns, file->inode,
			    file->path);
	}
	return rk_buf_check(buf, err);
}
