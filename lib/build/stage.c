/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/build/internal.h"

/*
 * A copy of a module's folder, kept up to date: only what changed is written, and with
 * the time of the original, so that make does not build more than it has to.
 */

enum {
	FILE_LIMIT = 1 << 30,
};

struct staging {
	const struct rk_build_out *out;
	struct rk_strv folders; /* below source: those to look into, "" first */
	struct rk_strv files;   /* below source: what was copied */
};

static void release_staging(struct staging *staging)
{
	rk_strv_release(&staging->folders);
	rk_strv_release(&staging->files);
}

/* Kbuild's own products, as its clean removes them, and what git keeps. A .gitignore of
 * the repository does not fit a folder of products. */
static bool is_left_out(const char *name)
{
	static const char *const patterns[] = {
		".",
		"..",
		".git",
		".gitignore",
		".*.cmd",
		".*.d",
		".*.tmp",
		".tmp_*",
		"*.[aios]",
		"*.ko",
		"*.mod",
		"*.mod.c",
		"modules.order",
		"Module.symvers",
		"rust-project.json",
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(patterns); i++)
		if (fnmatch(patterns[i], name, 0) == 0)
			return true;
	return false;
}

/* OUT itself may be below the source, as may be others. */
static bool is_out_folder(const char *path)
{
	cleanup_free char *marker = NULL;
	struct rk_error err = RK_ERROR_INIT;

	return rk_path_join(path, ".rkmod-out", &marker, &err) == 0 &&
	       access(marker, F_OK) == 0;
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
	return S_ISREG(b->st_mode) && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       (a->st_mode & 0777) == (b->st_mode & 0777);
}

static int copy_file(const char *from, const char *to, const struct stat *st,
		     struct rk_error *err)
{
	cleanup_buf struct rk_buf bytes = RK_BUF_INIT;
	const struct timespec times[2] = {st->st_atim, st->st_mtim};
	struct stat there;

	if (lstat(to, &there) == 0 && is_same_file(st, &there))
		return 0;
	if (rk_file_read(from, FILE_LIMIT, &bytes, err) < 0 ||
	    rk_file_write(to, rk_buf_str(&bytes), bytes.len, st->st_mode & 0777, err) < 0)
		return -(int)err->code;
	if (utimensat(AT_FDCWD, to, times, 0) < 0)
		return rk_error_sys(err, errno, "'%s'", to);
	return 0;
}

/* A linked folder stays a link, to the same place; what is behind it is not walked. */
static int link_folder(const char *from, const char *to, struct rk_error *err)
{
	cleanup_free char *real = NULL;

	if (rk_path_real(from, &real, err) < 0)
		return -(int)err->code;
	unlink(to);
	if (symlink(real, to) < 0)
		return rk_error_sys(err, errno, "'%s'", to);
	return 0;
}

static int stage_entry(struct staging *staging, const char *below, struct rk_error *err)
{
	cleanup_free char *from = NULL;
	cleanup_free char *to = NULL;
	struct stat st;

	if (rk_path_join(staging->out->source, below, &from, err) < 0 ||
	    rk_path_join(staging->out->dir, below, &to, err) < 0)
		return -(int)err->code;
	if (lstat(from, &st) < 0)
		return errno == ENOENT ? 0 : rk_error_sys(err, errno, "'%s'", from);
	if (S_ISDIR(st.st_mode)) {
		if (strcmp(from, staging->out->dir) != 0 && !is_out_folder(from))
			rk_strv_add(&staging->folders, below);
		return 0;
	}
	/* A link that leads nowhere, a socket and the like are nothing to build from. */
	if (stat(from, &st) < 0 || !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		return 0;
	rk_strv_add(&staging->files, below);
	return S_ISDIR(st.st_mode) ? link_folder(from, to, err)
				   : copy_file(from, to, &st, err);
}

static int stage_folder(struct staging *staging, const char *below, struct rk_error *err)
{
	cleanup_closedir DIR *dir = NULL;
	cleanup_free char *from = NULL;
	cleanup_free char *to = NULL;
	const struct dirent *entry;

	if (rk_path_join(staging->out->source, below, &from, err) < 0 ||
	    rk_path_join(staging->out->dir, below, &to, err) < 0 ||
	    rk_dir_make(to, 0777, err) < 0)
		return -(int)err->code;
	dir = opendir(from);
	if (!dir)
		return rk_error_sys(err, errno, "'%s'", from);
	while ((entry = readdir(dir))) {
		cleanup_free char *path = NULL;

		if (is_left_out(entry->d_name))
			continue;
		if (strchr(entry->d_name, '\n'))
			return rk_error_set(err, RK_EREFUSED,
					    "'%s' holds a name with a newline", from);
		if (rk_format(&path, err, "%s%s%s", below, *below ? "/" : "",
			      entry->d_name) < 0 ||
		    stage_entry(staging, path, err) < 0)
			return -(int)err->code;
	}
	return 0;
}

/* What was copied before and is gone. */
static int remove_old(const struct staging *staging, struct rk_error *err)
{
	const struct rk_strv *old = &staging->out->copied;

	for (size_t i = 0; i < old->n_items; i++) {
		cleanup_free char *path = NULL;

		if (rk_strv_contains(&staging->files, old->items[i]))
			continue;
		if (rk_path_join(staging->out->dir, old->items[i], &path, err) < 0)
			return -(int)err->code;
		if (unlink(path) < 0 && errno != ENOENT && errno != ENOTDIR)
			return rk_error_sys(err, errno, "'%s'", path);
	}
	return 0;
}

/* As Kbuild does with MO=: a repository around OUT stays clean. */
static int ignore_all(const struct rk_build_out *out, struct rk_error *err)
{
	static const char text[] = "# this is build directory, ignore it\n*\n";
	cleanup_free char *path = NULL;

	if (rk_path_join(out->dir, ".gitignore", &path, err) < 0)
		return -(int)err->code;
	if (access(path, F_OK) == 0)
		return 0;
	return rk_file_write(path, text, sizeof(text) - 1, 0666, err);
}

int rk_build_stage(struct rk_build_out *out, struct rk_error *err)
{
	cleanup(release_staging) struct staging staging = {.out = out};

	rk_strv_add(&staging.folders, "");
	for (size_t i = 0; i < staging.folders.n_items; i++)
		if (stage_folder(&staging, staging.folders.items[i], err) < 0)
			return -(int)err->code;
	if (rk_strv_check(&staging.folders, err) < 0 ||
	    rk_strv_check(&staging.files, err) < 0 || remove_old(&staging, err) < 0 ||
	    ignore_all(out, err) < 0)
		return -(int)err->code;
	rk_strv_release(&out->copied);
	out->copied = staging.files;
	staging.files = (struct rk_strv)RK_STRV_INIT;
	return 0;
}
