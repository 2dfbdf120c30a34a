/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/strv.h"
#include "lib/metadata/check.h"
#include "lib/metadata/metadata.h"

enum {
	EXPORTS_LIMIT = 64 << 20,
	HEADER_SIZE = 4096, /* of a .rmeta */
};

bool rk_check_is_rust_symbol(const char *name)
{
	return strncmp(name, "_R", 2) == 0 || strncmp(name, "rust_helper_", 12) == 0;
}

size_t rk_check_count(const struct rk_kernel *kernel)
{
	size_t n = 0;

	for (size_t i = 0; kernel->symvers && i < rk_symvers_count(kernel->symvers); i++)
		n += rk_check_is_rust_symbol(rk_symvers_at(kernel->symvers, i)->name);
	return n;
}

static bool matches(const char *name, const char *start, const char *end)
{
	size_t len = strlen(name);
	size_t end_len = strlen(end);

	return len >= strlen(start) + end_len &&
	       strncmp(name, start, strlen(start)) == 0 &&
	       strcmp(name + len - end_len, end) == 0;
}

/* Appends the contents of the files of a folder whose names match. */
static int read_matching(const char *dir, const char *start, const char *end,
			 struct rk_buf *buf, struct rk_error *err)
{
	cleanup_closedir DIR *stream = opendir(dir);
	const struct dirent *entry;

	if (!stream)
		return rk_error_sys(err, errno, "'%s'", dir);
	while ((entry = readdir(stream))) {
		cleanup_free char *path = NULL;

		if (!matches(entry->d_name, start, end))
			continue;
		if (rk_path_join(dir, entry->d_name, &path, err) < 0 ||
		    rk_file_read(path, EXPORTS_LIMIT, buf, err) < 0)
			return -(int)err->code;
		rk_buf_addc(buf, '\n');
	}
	return rk_buf_check(buf, err);
}

/* ---- names: rust/exports_*_generated.h holds EXPORT_SYMBOL_RUST_GPL(name); ---- */

static int collect_names(const char *text, struct rk_strv *ret, struct rk_error *err)
{
	static const char macro[] = "EXPORT_SYMBOL_RUST_GPL(";

	while ((text = strstr(text, macro))) {
		size_t len;

		text += sizeof(macro) - 1;
		len = strcspn(text, ") \n");
		rk_strv_addf(ret, "%.*s", (int)len, text);
		text += len;
	}
	rk_strv_sort(ret);
	return rk_strv_check(ret, err);
}

/*
 * Until 6.12 the helpers export themselves in C: their object has a symbol per export,
 * __ksymtab_<name>, since 6.4 __export_symbol_<name>.
 */
static int collect_symbols(const struct rk_buf *object, struct rk_strv *ret,
			   struct rk_error *err)
{
	static const char *const prefixes[] = {"__ksymtab_rust_helper_",
					       "__export_symbol_rust_helper_"};
	const char *end = rk_buf_str(object) + object->len;

	for (size_t i = 0; i < RK_ARRAY_LEN(prefixes); i++) {
		size_t skip = strlen(prefixes[i]) - strlen("rust_helper_");
		const char *at = rk_buf_str(object);

		while ((at = memmem(at, (size_t)(end - at), prefixes[i],
				    strlen(prefixes[i])))) {
			rk_strv_add(ret, at + skip);
			at += strlen(at);
		}
	}
	rk_strv_sort(ret);
	return rk_strv_check(ret, err);
}

static int read_helpers(const char *dir, struct rk_strv *ret, struct rk_error *err)
{
	static const char *const objects[] = {"rust/helpers.o", "rust/helpers/helpers.o"};

	for (size_t i = 0; i < RK_ARRAY_LEN(objects); i++) {
		cleanup_buf struct rk_buf object = RK_BUF_INIT;
		cleanup_free char *path = NULL;

		if (rk_path_join(dir, objects[i], &path, err) < 0)
			return -(int)err->code;
		if (rk_file_read(path, EXPORTS_LIMIT, &object, err) < 0) {
			if (err->code != RK_ENOTFOUND)
				return -(int)err->code;
			continue;
		}
		if (collect_symbols(&object, ret, err) < 0)
			return -(int)err->code;
	}
	return 0;
}

/* ---- checksums: .<object>.cmd holds "#SYMVER name 0x0123abcd" ---- */

static int collect_versions(const char *text, struct rk_strv *ret, struct rk_error *err)
{
	static const char mark[] = "\n#SYMVER ";

	while ((text = strstr(text, mark))) {
		text += sizeof(mark) - 1;
		rk_strv_addf(ret, "%.*s", (int)strcspn(text, "\n"), text);
	}
	rk_strv_sort(ret);
	return rk_strv_check(ret, err);
}

static int compare_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool holds(const struct rk_strv *sorted, const char *text)
{
	return sorted->n_items && bsearch(&text, sorted->items, sorted->n_items,
					  sizeof(*sorted->items), compare_text);
}

struct generated {
	struct rk_strv names;
	struct rk_strv versions; /* "name 0x0123abcd", empty without MODVERSIONS */
};

static void generated_release(struct generated *generated)
{
	rk_strv_release(&generated->names);
	rk_strv_release(&generated->versions);
}

static int read_generated(const struct rk_kernel *kernel, const char *dir,
			  struct generated *generated, struct rk_error *err)
{
	cleanup_buf struct rk_buf exports = RK_BUF_INIT;
	cleanup_buf struct rk_buf commands = RK_BUF_INIT;
	cleanup_free char *rust = NULL;
	cleanup_free char *helpers = NULL;

	if (rk_path_join(dir, "rust", &rust, err) < 0 ||
	    rk_path_join(rust, "helpers", &helpers, err) < 0 ||
	    read_matching(rust, "exports_", "_generated.h", &exports, err) < 0 ||
	    collect_names(rk_buf_str(&exports), &generated->names, err) < 0 ||
	    read_helpers(dir, &generated->names, err) < 0)
		return -(int)err->code;
	if (!kernel->modversions)
		return 0;
	if (read_matching(rust, ".", ".o.cmd", &commands, err) < 0)
		return -(int)err->code;
	/* A folder of its own since 6.13. */
	if (read_matching(helpers, ".", ".o.cmd", &commands, err) < 0 &&
	    err->code != RK_ENOTFOUND)
		return -(int)err->code;
	return collect_versions(rk_buf_str(&commands), &generated->versions, err);
}

static int compare_line(const void *name, const void *line)
{
	const char *text = *(char *const *)line;
	size_t len = strcspn(text, " ");
	int order = strncmp(name, text, len);

	return order ? order : ((const char *)name)[len] != '\0';
}

/* A symbol that got none (gendwarfksyms knows no type of it) has 0 in Module.symvers. */
static bool has_version(const struct generated *generated, const struct rk_export *export)
{
	const struct rk_strv *versions = &generated->versions;
	char *const *line = NULL;
	const char *crc;

	if (versions->n_items)
		line = bsearch(export->name, versions->items, versions->n_items,
			       sizeof(*versions->items), compare_line);
	crc = line ? strchr(*line, ' ') : NULL;
	return export->crc == (crc ? strtoul(crc, NULL, 16) : 0);
}

struct tally {
	size_t n_symbols;
	size_t n_missing;
	size_t n_versions; /* that differ */
	const char *missing;
	const char *version;
};

static void count(const struct rk_kernel *kernel, const struct generated *generated,
		  struct tally *tally)
{
	for (size_t i = 0; i < rk_symvers_count(kernel->symvers); i++) {
		const struct rk_export *export = rk_symvers_at(kernel->symvers, i);

		if (!rk_check_is_rust_symbol(export->name))
			continue;
		tally->n_symbols++;
		if (!holds(&generated->names, export->name)) {
			tally->n_missing++;
			tally->missing = tally->missing ? tally->missing : export->name;
		} else if (kernel->modversions && !has_version(generated, export)) {
			tally->n_versions++;
			tally->version = tally->version ? tally->version : export->name;
		}
	}
}

static int judge(const struct rk_kernel *kernel, const struct tally *tally,
		 struct rk_error *err)
{
	if (!tally->n_symbols) {
		rk_error_set(err, RK_EREFUSED,
			     "'%s/Module.symvers' holds no Rust symbol to check with",
			     kernel->kdir_real);
		return rk_error_cure(err, "metadata-exports",
				     "install the headers package again");
	}
	if (tally->n_missing) {
		rk_error_set(
			err, RK_EREFUSED,
			"the metadata exports %zu of the %zu Rust symbols of %s, first missing: '%s'",
			tally->n_symbols - tally->n_missing, tally->n_symbols,
			kernel->release, tally->missing);
		return rk_error_cure(
			err, "metadata-exports",
			"give the source and the compiler that this kernel was built with (%s)",
			kernel->rustc_text);
	}
	if (tally->n_versions) {
		rk_error_set(
			err, RK_EREFUSED,
			"%zu of the %zu Rust symbols of %s have another checksum, first '%s'",
			tally->n_versions, tally->n_symbols, kernel->release,
			tally->version);
		return rk_error_cure(err, "metadata-crc",
				     "give the source that this kernel was built from");
	}
	return 0;
}

int rk_check_exports(const struct rk_kernel *kernel, const char *dir, size_t *ret_n,
		     struct rk_error *err)
{
	cleanup(generated_release) struct generated generated = {.names = RK_STRV_INIT};
	struct tally tally = {0};

	if (!kernel->symvers) {
		rk_error_set(err, RK_ENOTFOUND,
			     "'%s' has no Module.symvers to check the metadata with",
			     kernel->kdir_real);
		return rk_error_cure(err, "metadata-exports",
				     "install the headers package again");
	}
	if (read_generated(kernel, dir, &generated, err) < 0)
		return -(int)err->code;
	count(kernel, &generated, &tally);
	*ret_n = tally.n_symbols;
	return judge(kernel, &tally, err);
}

/* ---- the compiler's text in each .rmeta ---- */

static int check_rmeta(const char *path, const char *wanted, struct rk_error *err)
{
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	cleanup_free char *text = NULL;
	char head[HEADER_SIZE];
	ssize_t n;

	if (fd < 0)
		return rk_error_sys(err, errno, "'%s'", path);
	n = read(fd, head, sizeof(head));
	if (n < 0)
		return rk_error_sys(err, errno, "'%s'", path);
	if (rk_rmeta_version(head, (size_t)n, &text, err) < 0)
		return rk_error_prefix(err, "'%s'", path);
	if (strcmp(text, wanted) == 0)
		return 0;
	rk_error_set(err, RK_EREFUSED, "'%s' was made by '%s', not by '%s'",
		     rk_path_base(path), text, wanted);
	return rk_error_cure(err, "prepare-failed",
			     "run it again and report the output of -v");
}

int rk_check_rustc(const char *dir, const char *wanted, struct rk_error *err)
{
	cleanup_closedir DIR *stream = NULL;
	cleanup_free char *rust = NULL;
	const struct dirent *entry;

	if (rk_path_join(dir, "rust", &rust, err) < 0)
		return -(int)err->code;
	stream = opendir(rust);
	if (!stream)
		return rk_error_sys(err, errno, "'%s'", rust);
	while ((entry = readdir(stream))) {
		cleanup_free char *path = NULL;

		if (!matches(entry->d_name, "lib", ".rmeta"))
			continue;
		if (rk_path_join(rust, entry->d_name, &path, err) < 0 ||
		    check_rmeta(path, wanted, err) < 0)
			return -(int)err->code;
	}
	return 0;
}
