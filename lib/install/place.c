/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "lib/base/crypto.h"
#include "lib/base/file.h"
#include "lib/install/depmod.h"
#include "lib/install/place.h"
#include "lib/install/record.h"

enum {
	CHUNK_SIZE = 256 << 10,
};

void rk_install_result_release(struct rk_install_result *result)
{
	rk_strv_release(&result->paths);
}

int rk_install_temp_name(const char *name, char **ret, struct rk_error *err)
{
	return rk_format(ret, err, ".%s.rkmod-new", name);
}

/* ---- bytes ---- */

/* Hashes @from, and writes it to @to unless that is -1. */
static int copy(int from, int to, char ret[RK_SHA256_HEX_SIZE], struct rk_error *err)
{
	cleanup(rk_sha256_free_p) struct rk_sha256 *hash = NULL;
	cleanup_free char *chunk = malloc(CHUNK_SIZE);

	if (!chunk)
		return rk_error_nomem(err);
	if (rk_sha256_new(&hash, err) < 0)
		return -(int)err->code;
	for (;;) {
		ssize_t n = read(from, chunk, CHUNK_SIZE);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return rk_error_sys(err, errno, "read");
		if (n == 0)
			return rk_sha256_hex(hash, ret, err);
		rk_sha256_add(hash, chunk, (size_t)n);
		if (to >= 0 && rk_file_write_fd(to, chunk, (size_t)n, err) < 0)
			return -(int)err->code;
	}
}

/* Not a pipe that would be waited for, nor what a link leads to. */
static int open_file(int dir, const char *name, int *ret_fd, struct rk_error *err)
{
	cleanup_close int fd =
		openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return rk_install_error(err, errno, name);
	if (!S_ISREG(st.st_mode))
		return rk_error_set(err, RK_EREFUSED, "'%s' is no file", name);
	*ret_fd = rk_steal_fd(&fd);
	return 0;
}

int rk_install_hash(int dir, const char *name, char ret[RK_SHA256_HEX_SIZE],
		    struct rk_error *err)
{
	cleanup_close int fd = -1;

	if (open_file(dir, name, &fd, err) < 0)
		return -(int)err->code;
	return copy(fd, -1, ret, err);
}

/* ---- before anything is written ---- */

struct placing {
	const struct rk_install_plan *plan;
	struct rk_root *root;
	bool replace;
	struct rk_install_result *result;
};

static bool has_file(const struct rk_install_record *record, const char *path)
{
	return rk_strv_contains(&record->paths, path);
}

/* Somebody else's file stays. */
static int check_target(const struct placing *placing, const char *target,
			const struct rk_install_record *record, struct rk_error *err)
{
	cleanup_free char *inside = NULL;

	if (rk_format(&inside, err, "/%s", target) < 0)
		return -(int)err->code;
	if (placing->replace || has_file(record, target) ||
	    !rk_root_exists(placing->root, inside))
		return 0;
	rk_error_set(err, RK_EREFUSED, "'%s' is there, and rkmod did not install it",
		     inside);
	return rk_error_cure(err, "install-exists",
			     "remove it the way it came, or replace it with --force");
}

/* Folders that another module's record claims are claimed by this one as well: who goes
 * last removes them. */
static int claim(const struct placing *placing, const char *target,
		 struct rk_install_record *record, struct rk_error *err)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;

	if (rk_install_record_list(placing->root, placing->plan->release, &names, err) <
	    0)
		return -(int)err->code;
	for (size_t i = 0; i < names.n_items; i++) {
		cleanup_record struct rk_install_record other = {0};

		if (rk_install_record_read(placing->root, placing->plan->release,
					   names.items[i], &other, err) < 0)
			return -(int)err->code;
		for (size_t j = 0; j < other.dirs.n_items; j++) {
			const char *dir = other.dirs.items[j];

			if (rk_path_is_below(target, dir) &&
			    !rk_strv_contains(&record->dirs, dir))
				rk_strv_add(&record->dirs, dir);
		}
	}
	rk_strv_sort(&record->dirs); /* outer ones are shorter beginnings */
	return rk_strv_check(&record->dirs, err);
}

/* ---- one file ---- */

static int refuse_change(const char *path, struct rk_error *err)
{
	rk_error_set(err, RK_EREFUSED, "'%s' changed after it was judged", path);
	return rk_error_cure(err, "install-changed", "run it again");
}

static int write_aside(const struct placing *placing, size_t i, int dir, const char *temp,
		       struct rk_error *err)
{
	const char *target = placing->plan->targets.items[i];
	cleanup_free char *from = NULL;
	cleanup_close int source = -1;
	cleanup_close int fd = -1;
	char hash[RK_SHA256_HEX_SIZE];

	if (rk_format(&from, err, "%s/%s", placing->plan->stage, target) < 0 ||
	    open_file(AT_FDCWD, from, &source, err) < 0)
		return -(int)err->code;
	unlinkat(dir, temp, 0);
	fd = openat(dir, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0644);
	if (fd < 0)
		return rk_install_error(err, errno, target);
	if (copy(source, fd, hash, err) < 0)
		return -(int)err->code;
	if (strcmp(hash, placing->plan->hashes.items[i]) != 0)
		return refuse_change(from, err);
	if (fchmod(fd, 0644) < 0 || fsync(fd) < 0)
		return rk_install_error(err, errno, target);
	return 0;
}

/* What may lie at the target from now on: the new file, or the one before. */
static int note(const struct placing *placing, size_t i, const char *name,
		struct rk_install_record *record, struct rk_error *err)
{
	rk_strv_add(&record->paths, placing->plan->targets.items[i]);
	rk_strv_add(&record->hashes, placing->plan->hashes.items[i]);
	if (rk_strv_check(&record->paths, err) < 0 ||
	    rk_strv_check(&record->hashes, err) < 0)
		return -(int)err->code;
	return rk_install_record_write(placing->root, placing->plan->release, name,
				       record, err);
}

static int prepare_file(const struct placing *placing, size_t i, struct rk_error *err)
{
	const char *target = placing->plan->targets.items[i];
	cleanup_record struct rk_install_record record = {0};
	cleanup_free char *name = NULL;
	cleanup_free char *temp = NULL;
	cleanup_close int dir = -1;
	const char *base;
	int r;

	if (rk_install_module_name(target, &name, err) < 0)
		return -(int)err->code;
	r = rk_install_record_read(placing->root, placing->plan->release, name, &record,
				   err);
	if (r < 0 && err->code != RK_ENOTFOUND)
		return r;
	if (check_target(placing, target, &record, err) < 0 ||
	    rk_install_parent(placing->root, target, &record.dirs, &dir, &base, err) <
		    0 ||
	    claim(placing, target, &record, err) < 0 ||
	    note(placing, i, name, &record, err) < 0 ||
	    rk_install_temp_name(base, &temp, err) < 0)
		return -(int)err->code;
	if (write_aside(placing, i, dir, temp, err) == 0)
		return 0;
	unlinkat(dir, temp, 0);
	return -(int)err->code;
}

/* Files of that name of an earlier installation, at another place or compressed in
 * another way, would be found beside the new one. */
static int drop_others(const struct placing *placing,
		       const struct rk_install_record *record, const char *target,
		       struct rk_error *err)
{
	for (size_t i = 0; i < record->paths.n_items; i++) {
		cleanup_close int dir = -1;
		const char *base;

		if (strcmp(record->paths.items[i], target) == 0 ||
		    rk_strv_contains(&placing->plan->targets, record->paths.items[i]))
			continue;
		if (rk_install_parent(placing->root, record->paths.items[i], NULL, &dir,
				      &base, err) < 0) {
			if (err->code == RK_ENOTFOUND)
				continue;
			return -(int)err->code;
		}
		if (unlinkat(dir, base, 0) < 0 && errno != ENOENT)
			return rk_install_error(err, errno, record->paths.items[i]);
	}
	return 0;
}

/* The record then says only what is there. */
static int finish_file(const struct placing *placing, size_t i, struct rk_error *err)
{
	const char *target = placing->plan->targets.items[i];
	cleanup_record struct rk_install_record record = {0};
	cleanup_free char *name = NULL;
	cleanup_free char *temp = NULL;
	cleanup_close int dir = -1;
	const char *base;

	if (rk_install_module_name(target, &name, err) < 0 ||
	    rk_install_parent(placing->root, target, NULL, &dir, &base, err) < 0 ||
	    rk_install_temp_name(base, &temp, err) < 0 ||
	    rk_install_record_read(placing->root, placing->plan->release, name, &record,
				   err) < 0)
		return -(int)err->code;
	if (renameat(dir, temp, dir, base) < 0)
		return rk_install_error(err, errno, target);
	rk_strv_addf(&placing->result->paths, "/%s", target);
	if (drop_others(placing, &record, target, err) < 0)
		return -(int)err->code;
	rk_strv_release(&record.paths);
	rk_strv_release(&record.hashes);
	return note(placing, i, name, &record, err);
}

/* ---- all of them ---- */

static int open_locked(const struct placing *placing, int *ret_fd, struct rk_error *err)
{
	cleanup_free char *path = NULL;
	cleanup_close int fd = -1;

	/* Of INSTALL_MOD_PATH it is made with the first file, and recorded. */
	if (rk_format(&path, err, "lib/modules/%s", placing->plan->release) < 0)
		return -(int)err->code;
	if (rk_install_folder(placing->root, path, NULL, &fd, err) < 0)
		return err->code == RK_ENOTFOUND &&
				       placing->plan->kind == RK_INSTALL_FOLDER
			       ? 0
			       : -(int)err->code;
	if (flock(fd, LOCK_EX) < 0)
		return rk_install_error(err, errno, path);
	*ret_fd = rk_steal_fd(&fd);
	return 0;
}

static int place(struct placing *placing, struct rk_error *err)
{
	cleanup_close int lock = -1;

	if (open_locked(placing, &lock, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < placing->plan->targets.n_items; i++)
		if (prepare_file(placing, i, err) < 0)
			return -(int)err->code;
	for (size_t i = 0; i < placing->plan->targets.n_items; i++)
		if (finish_file(placing, i, err) < 0)
			return -(int)err->code;
	return rk_install_depmod(placing->plan, placing->root, placing->plan->release,
				 &placing->result->depmod, err);
}

int rk_install_place(const struct rk_install_plan *plan, bool replace,
		     struct rk_install_result *result, struct rk_error *err)
{
	struct placing placing = {.plan = plan, .replace = replace, .result = result};
	int r = rk_install_open_prefix(plan, &placing.root, err);

	if (r == 0)
		r = place(&placing, err);
	rk_root_free(placing.root);
	if (r == 0)
		r = rk_strv_check(&result->paths, err);
	return r;
}
