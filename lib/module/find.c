/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fts.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/module/find.h"

static void close_fts_p(FTS **fts)
{
	if (*fts)
		fts_close(*fts);
}

static bool is_module_name(const char *name)
{
	static const char *const endings[] = {".ko", ".ko.xz", ".ko.zst", ".ko.gz"};
	size_t len = strlen(name);

	for (size_t i = 0; i < RK_ARRAY_LEN(endings); i++) {
		size_t n = strlen(endings[i]);

		if (len > n && strcmp(name + len - n, endings[i]) == 0)
			return true;
	}
	return false;
}

static int walk(const char *path, struct rk_strv *ret, struct rk_error *err)
{
	cleanup_free char *copy = NULL;
	cleanup(close_fts_p) FTS *fts = NULL;
	FTSENT *entry;

	if (rk_strdup(path, &copy, err) < 0)
		return -(int)err->code;
	fts = fts_open((char *const[]){copy, NULL}, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (!fts)
		return rk_error_sys(err, errno, "'%s'", path);
	while ((errno = 0, entry = fts_read(fts))) {
		if (entry->fts_info == FTS_ERR || entry->fts_info == FTS_DNR)
			return rk_error_sys(err, entry->fts_errno, "'%s'",
					    entry->fts_path);
		if (entry->fts_info == FTS_F && is_module_name(entry->fts_name))
			rk_strv_add(ret, entry->fts_path);
	}
	if (errno)
		return rk_error_sys(err, errno, "'%s'", path);
	return rk_strv_check(ret, err);
}

int rk_module_find(const char *path, struct rk_strv *ret, struct rk_error *err)
{
	cleanup_strv struct rk_strv found = RK_STRV_INIT;
	struct stat st;

	if (stat(path, &st) < 0)
		return rk_error_sys(err, errno, "'%s'", path);
	if (!S_ISDIR(st.st_mode)) {
		rk_strv_add(ret, path);
		return rk_strv_check(ret, err);
	}
	if (walk(path, &found, err) < 0)
		return -(int)err->code;
	if (found.n_items == 0) {
		rk_error_set(err, RK_ENOTFOUND, "no module below '%s'", path);
		return rk_error_cure(
			err, "no-module",
			"build it first, or name the folder that holds the .ko");
	}
	rk_strv_sort(&found);
	rk_strv_add_strv(ret, &found);
	return rk_strv_check(ret, err);
}
