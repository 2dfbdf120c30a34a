/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/file.h"
#include "lib/metadata/check.h"
#include "lib/metadata/label.h"
#include "lib/metadata/needs.h"

/*
 * Lines, in this order:
 *
 *	rkmod-label 1
 *	release TEXT
 *	package TEXT
 *	version TEXT
 *	headers SHA256
 */
static const char first_line[] = "rkmod-label 1";
const char rk_label_name[] = "label";

enum {
	LABEL_LIMIT = 4096,
};

void rk_label_release(struct rk_label *label)
{
	free(label->release);
	free(label->package);
	free(label->version);
	memset(label, 0, sizeof(*label));
}

int rk_label_make(const struct rk_kernel *kernel, struct rk_label *ret,
		  struct rk_error *err)
{
	struct rk_label label = {.release = NULL};

	if (rk_strdup(kernel->release, &label.release, err) < 0 ||
	    rk_strdup(kernel->package[0] ? kernel->package : "-", &label.package, err) <
		    0 ||
	    rk_strdup(kernel->source_version[0] ? kernel->source_version : "-",
		      &label.version, err) < 0 ||
	    rk_check_hash_headers(kernel, label.headers, err) < 0) {
		rk_label_release(&label);
		return -(int)err->code;
	}
	*ret = label;
	return 0;
}

int rk_label_print(const struct rk_label *label, struct rk_buf *buf, struct rk_error *err)
{
	rk_buf_addf(buf, "%s\nrelease %s\npackage %s\nversion %s\nheaders %s\n",
		    first_line, label->release, label->package, label->version,
		    label->headers);
	return rk_buf_check(buf, err);
}

/* ---- reading the text ---- */

/* Cuts "NAME VALUE\n" off *text; false if it is not there or VALUE cannot be printed. */
static bool take_line(const char **text, const char *name, const char **ret,
		      size_t *ret_len)
{
	size_t skip = strlen(name);
	const char *value = *text + skip + 1;
	size_t len;

	if (strncmp(*text, name, skip) != 0 || (*text)[skip] != ' ')
		return false;
	len = strcspn(value, "\n");
	for (size_t i = 0; i < len; i++)
		if (value[i] < 0x21 || value[i] > 0x7e)
			return false;
	if (!len || value[len] != '\n')
		return false;
	*text = value + len + 1;
	*ret = value;
	*ret_len = len;
	return true;
}

static int take_text(const char **text, const char *name, char **ret,
		     struct rk_error *err)
{
	const char *value;
	size_t len;

	if (!take_line(text, name, &value, &len))
		return rk_error_set(err, RK_EFORMAT, "the label has no '%s'", name);
	return rk_format(ret, err, "%.*s", (int)len, value);
}

static int take_headers(const char **text, char ret[RK_SHA256_HEX_SIZE],
			struct rk_error *err)
{
	const char *value;
	size_t len;

	if (!take_line(text, "headers", &value, &len) || len != RK_SHA256_HEX_SIZE - 1 ||
	    strspn(value, "0123456789abcdef") != len)
		return rk_error_set(err, RK_EFORMAT, "the label has no hash of headers");
	memcpy(ret, value, len);
	ret[len] = '\0';
	return 0;
}

static int parse(const char *text, struct rk_label *label, struct rk_error *err)
{
	size_t first = sizeof(first_line) - 1;

	if (strncmp(text, first_line, first) != 0 || text[first] != '\n')
		return rk_error_set(err, RK_EFORMAT, "no label of a metadata set");
	text += first + 1;
	if (take_text(&text, "release", &label->release, err) < 0 ||
	    take_text(&text, "package", &label->package, err) < 0 ||
	    take_text(&text, "version", &label->version, err) < 0 ||
	    take_headers(&text, label->headers, err) < 0)
		return -(int)err->code;
	if (*text)
		return rk_error_set(err, RK_EFORMAT, "the label says more than it may");
	return 0;
}

int rk_label_parse(const char *text, size_t size, struct rk_label *ret,
		   struct rk_error *err)
{
	struct rk_label label = {.release = NULL};

	if (memchr(text, '\0', size))
		return rk_error_set(err, RK_EFORMAT, "the label holds a NUL");
	if (parse(text, &label, err) < 0) {
		rk_label_release(&label);
		return -(int)err->code;
	}
	*ret = label;
	return 0;
}

/* ---- is it this kernel's ---- */

int rk_label_compare(const struct rk_label *label, const struct rk_label *wanted,
		     struct rk_error *err)
{
	const struct {
		const char *what;
		const char *theirs;
		const char *ours;
	} rows[] = {
		{"kernel", label->release, wanted->release},
		{"package version", label->version, wanted->version},
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(rows); i++)
		if (!rows[i].theirs || !rows[i].ours ||
		    strcmp(rows[i].theirs, rows[i].ours) != 0) {
			rk_error_set(err, RK_EREFUSED,
				     "the metadata is for %s '%s', not for '%s'",
				     rows[i].what, rows[i].theirs, rows[i].ours);
			return rk_error_cure(
				err, "metadata-foreign",
				"get the one for this kernel, or make it: rkmod prepare");
		}
	if (strcmp(label->headers, wanted->headers) == 0)
		return 0;
	rk_error_set(err, RK_EREFUSED,
		     "the headers of %s are not those that the metadata was made with",
		     wanted->release);
	return rk_error_cure(err, "metadata-foreign",
			     "install the headers package again (%s %s)", label->package,
			     label->version);
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);
	size_t end_len = strlen(end);

	return len > end_len && strcmp(text + len - end_len, end) == 0;
}

/* The rest of @path if it is in @folder itself, else NULL. */
static const char *name_in(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	if (strncmp(path, folder, len) != 0 || path[len] != '/' ||
	    strchr(path + len + 1, '/'))
		return NULL;
	return path + len + 1;
}

bool rk_label_allows(const char *path)
{
	const char *name;

	if (strcmp(path, rk_record_name) == 0 || strcmp(path, rk_label_name) == 0 ||
	    strcmp(path, "scripts/target.json") == 0 ||
	    strcmp(path, "rust/target.json") == 0)
		return true;
	name = name_in(path, "rust");
	if (name)
		return strncmp(name, "lib", 3) == 0 && name[3] != '.' &&
		       (ends_with(name, ".rmeta") || ends_with(name, ".so"));
	name = name_in(path, "rust/kernel");
	if (name)
		return strncmp(name, "generated_", 10) == 0 && ends_with(name, ".rs");
	name = name_in(path, "rust/helpers");
	return name && ends_with(name, ".bc");
}

static int check_label(const struct rk_kernel *kernel, const char *dir,
		       struct rk_error *err)
{
	cleanup_label struct rk_label label = {.release = NULL};
	cleanup_label struct rk_label wanted = {.release = NULL};
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;

	if (rk_path_join(dir, rk_label_name, &path, err) < 0 ||
	    rk_file_read(path, LABEL_LIMIT, &text, err) < 0)
		return err->code == RK_ENOTFOUND
			       ? rk_error_set(err, RK_EFORMAT, "it has no label")
			       : -(int)err->code;
	if (rk_label_parse(rk_buf_str(&text), text.len, &label, err) < 0 ||
	    rk_label_make(kernel, &wanted, err) < 0)
		return -(int)err->code;
	return rk_label_compare(&label, &wanted, err);
}

static int check_record(const struct rk_kernel *kernel, const char *key,
			const struct rk_record *record, struct rk_error *err)
{
	size_t n_exports = rk_check_count(kernel);

	if (strcmp(record->key, key) != 0 ||
	    (kernel->rustc_text[0] &&
	     strcmp(record->rustc_text, kernel->rustc_text) != 0)) {
		rk_error_set(
			err, RK_EREFUSED,
			"configuration, Module.symvers or compiler of %s are not those that the metadata was made for",
			kernel->release);
		return rk_error_cure(
			err, "metadata-foreign",
			"get the one for this kernel, or make it: rkmod prepare");
	}
	if (n_exports && record->n_exports == n_exports)
		return 0;
	rk_error_set(err, RK_EREFUSED,
		     "the metadata was checked for %zu Rust symbols, and %s exports %zu",
		     record->n_exports, kernel->release, n_exports);
	return rk_error_cure(err, "metadata-exports", "make it anew: rkmod prepare");
}

static bool is_recorded(void *data, const char *path)
{
	const struct rk_record *record = data;

	for (size_t i = 0; i < record->n_files; i++)
		if (strcmp(record->files[i].path, path) == 0)
			return true;
	return false;
}

static int check_complete(const struct rk_kernel *kernel, struct rk_record *record,
			  struct rk_error *err)
{
	struct rk_needs needs = {.target = NULL};
	cleanup_free char *missing = NULL;
	int r;

	if (rk_needs_read(kernel, &needs, err) < 0)
		return -(int)err->code;
	r = rk_needs_missing(&needs, is_recorded, record, &missing, err);
	rk_needs_release(&needs);
	if (r < 0)
		return r;
	if (missing)
		return rk_error_set(err, RK_EFORMAT, "the metadata lacks '%s'", missing);
	for (size_t i = 0; i < record->n_files; i++)
		if (!rk_label_allows(record->files[i].path))
			return rk_error_set(err, RK_EFORMAT, "'%s' is no Rust metadata",
					    record->files[i].path);
	return 0;
}

int rk_label_believe(const struct rk_kernel *kernel, const char *key, const char *dir,
		     struct rk_record **ret, struct rk_error *err)
{
	cleanup(rk_record_free_p) struct rk_record *record = NULL;
	int r = rk_set_read_record(dir, &record, err);

	if (r == 0)
		r = check_label(kernel, dir, err);
	if (r == 0)
		r = check_record(kernel, key, record, err);
	if (r == 0)
		r = check_complete(kernel, record, err);
	if (r == 0)
		r = rk_record_verify(record, dir, err);
	if (r == 0)
		r = rk_check_rustc(dir, record->rustc_text, err);
	if (r == 0) {
		*ret = RK_STEAL(record);
		return 0;
	}
	if (err->code == RK_ENOTFOUND)
		err->code = RK_EFORMAT; /* what it lacks is damage */
	if (err->code == RK_EFORMAT)
		return rk_error_cure(err, "metadata-import",
				     "get the archive or package again");
	return -(int)err->code;
}
