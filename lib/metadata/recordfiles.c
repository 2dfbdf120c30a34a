/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/base/strv.h"
#include "lib/metadata/record.h"

enum {
	MAX_DEPTH = 4, /* of folders in a set */
};

static int list_files(const char *dir, const char *below, unsigned int depth,
		      struct rk_strv *ret, struct rk_error *err);

/* NOLINTNEXTLINE(misc-no-recursion): MAX_DEPTH ends it */
static int list_entry(const char *dir, const char *path, unsigned int depth,
		      struct rk_strv *ret, struct rk_error *err)
{
	cleanup_free char *full = NULL;
	struct stat st;

	if (rk_path_join(dir, path, &full, err) < 0)
		return -(int)err->code;
	if (lstat(full, &st) < 0)
		return rk_error_sys(err, errno, "'%s'", full);
	if (S_ISDIR(st.st_mode))
		return list_files(dir, path, depth + 1, ret, err);
	if (!S_ISREG(st.st_mode))
		return rk_error_set(err, RK_EFORMAT, "'%s' is neither file nor folder",
				    full);
	rk_strv_add(ret, path);
	return 0;
}

/* All files of @dir below @below ("" for all), as paths below @dir; not the record. */
/* NOLINTNEXTLINE(misc-no-recursion): MAX_DEPTH ends it */
static int list_files(const char *dir, const char *below, unsigned int depth,
		      struct rk_strv *ret, struct rk_error *err)
{
	cleanup_free char *full = NULL;
	cleanup_closedir DIR *stream = NULL;
	const struct dirent *entry;

	if (rk_path_join(dir, below, &full, err) < 0)
		return -(int)err->code;
	stream = opendir(full);
	if (!stream)
		return rk_error_sys(err, errno, "'%s'", full);
	if (depth > MAX_DEPTH)
		return rk_error_set(err, RK_EFORMAT, "'%s' is too deep", full);
	while ((entry = readdir(stream))) {
		cleanup_free char *path = NULL;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
		    (!*below && strcmp(entry->d_name, rk_record_name) == 0))
			continue;
		if (rk_format(&path, err, "%s%s%s", below, *below ? "/" : "",
			      entry->d_name) < 0 ||
		    list_entry(dir, path, depth, ret, err) < 0)
			return -(int)err->code;
	}
	return rk_strv_check(ret, err);
}

static int stat_file(const char *dir, const char *path, char **ret_full, struct stat *ret,
		     struct rk_error *err)
{
	cleanup_free char *full = NULL;
	int r = rk_path_join(dir, path, &full, err);

	if (r < 0)
		return r;
	if (lstat(full, ret) < 0)
		return rk_error_sys(err, errno, "'%s'", full);
	*ret_full = RK_STEAL(full);
	return 0;
}

static int64_t mtime_of(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

static int scan_file(const char *dir, const char *path, struct rk_record_file *file,
		     struct rk_error *err)
{
	cleanup_free char *full = NULL;
	struct stat st;

	if (stat_file(dir, path, &full, &st, err) < 0 ||
	    rk_sha256_file(full, file->sha256, err) < 0)
		return -(int)err->code;
	file->size = (uint64_t)st.st_size;
	file->mtime_ns = mtime_of(&st);
	file->inode = st.st_ino;
	return rk_strdup(path, &file->path, err);
}

int rk_record_scan(struct rk_record *record, const char *dir, struct rk_error *err)
{
	cleanup_strv struct rk_strv paths = RK_STRV_INIT;

	if (list_files(dir, "", 0, &paths, err) < 0)
		return -(int)err->code;
	if (paths.n_items > RK_RECORD_MAX_FILES)
		return rk_error_set(err, RK_EFORMAT, "'%s' holds more than %d files", dir,
				    RK_RECORD_MAX_FILES);
	rk_strv_sort(&paths);
	record->files = calloc(paths.n_items + 1, sizeof(*record->files));
	if (!record->files)
		return rk_error_nomem(err);
	for (size_t i = 0; i < paths.n_items; i++) {
		if (scan_file(dir, paths.items[i], &record->files[i], err) < 0)
			return -(int)err->code;
		record->n_files++;
	}
	return 0;
}

static int compare_file(const struct rk_record_file *file, const char *dir,
			struct rk_error *err)
{
	cleanup_free char *full = NULL;
	struct stat st;

	if (stat_file(dir, file->path, &full, &st, err) < 0) {
		if (err->code != RK_ENOTFOUND)
			return -(int)err->code;
		return rk_error_set(err, RK_EFORMAT, "'%s' is missing", file->path);
	}
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != file->size ||
	    (file->inode != 0 &&
	     (mtime_of(&st) != file->mtime_ns || st.st_ino != file->inode)))
		return rk_error_set(err, RK_EFORMAT, "'%s' has changed", file->path);
	return 0;
}

/* rustc takes whatever lies in rust/: a file too many is damage as well. */
static int find_surplus(const struct rk_record *record, const char *dir,
			struct rk_error *err)
{
	cleanup_strv struct rk_strv paths = RK_STRV_INIT;

	if (list_files(dir, "", 0, &paths, err) < 0)
		return -(int)err->code;
	rk_strv_sort(&paths);
	for (size_t i = 0; i < paths.n_items; i++)
		if (i >= record->n_files ||
		    strcmp(paths.items[i], record->files[i].path) != 0)
			return rk_error_set(err, RK_EFORMAT, "'%s' does not belong there",
					    paths.items[i]);
	return 0;
}

int rk_record_compare(const struct rk_record *record, const char *dir,
		      struct rk_error *err)
{
	for (size_t i = 0; i < record->n_files; i++)
		if (compare_file(&record->files[i], dir, err) < 0)
			return -(int)err->code;
	return find_surplus(record, dir, err);
}

static int verify_file(const struct rk_record_file *file, const char *dir,
		       struct rk_error *err)
{
	cleanup_free char *full = NULL;
	char sha256[RK_SHA256_HEX_SIZE];

	if (rk_path_join(dir, file->path, &full, err) < 0 ||
	    rk_sha256_file(full, sha256, err) < 0)
		return -(int)err->code;
	if (strcmp(sha256, file->sha256) != 0)
		return rk_error_set(err, RK_EFORMAT, "'%s' has other contents",
				    file->path);
	return 0;
}

int rk_record_verify(const struct rk_record *record, const char *dir,
		     struct rk_error *err)
{
	if (rk_record_compare(record, dir, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < record->n_files; i++)
		if (verify_file(&record->files[i], dir, err) < 0)
			return -(int)err->code;
	return 0;
}

int rk_record_content(const struct rk_record *record, char ret[RK_SHA256_HEX_SIZE],
		      struct rk_error *err)
{
	cleanup(rk_sha256_free_p) struct rk_sha256 *hash = NULL;

	if (rk_sha256_new(&hash, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < record->n_files; i++) {
		rk_sha256_add_field(hash, record->files[i].path);
		rk_sha256_add_field(hash, record->files[i].sha256);
	}
	return rk_sha256_hex(hash, ret, err);
}
