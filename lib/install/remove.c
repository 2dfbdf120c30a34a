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

struct removing {
	const struct rk_install_plan *plan;
	struct rk_root *root;
	const char *release;
	bool force;
	struct rk_install_result *result;
};

static bool is_recorded(const struct rk_install_record *record, const char *path,
			const char *hash)
{
	for (size_t i = 0; i < record->paths.n_items; i++)
		if (strcmp(record->paths.items[i], path) == 0 &&
		    strcmp(record->hashes.items[i], hash) == 0)
			return true;
	return false;
}

static int refuse(const char *path, struct rk_error *err)
{
	rk_error_set(err, RK_EREFUSED, "'/%s' is not the file that rkmod installed",
		     path);
	return rk_error_cure(err, "install-changed",
			     "remove it the way it came, or with --force");
}

/* Nothing is removed before all of a name's files were looked at. */
static int check_file(const struct removing *removing,
		      const struct rk_install_record *record, const char *path,
		      struct rk_error *err)
{
	char hash[RK_SHA256_HEX_SIZE];
	cleanup_close int dir = -1;
	const char *base;

	if (removing->force)
		return 0;
	if (rk_install_parent(removing->root, path, NULL, &dir, &base, err) < 0 ||
	    rk_install_hash(dir, base, hash, err) < 0)
		return err->code == RK_ENOTFOUND ? 0 : -(int)err->code;
	return is_recorded(record, path, hash) ? 0 : refuse(path, err);
}

static int remove_file(const struct removing *removing, const char *path,
		       struct rk_error *err)
{
	cleanup_close int dir = -1;
	cleanup_free char *temp = NULL;
	const char *base;

	if (rk_install_parent(removing->root, path, NULL, &dir, &base, err) < 0)
		return err->code == RK_ENOTFOUND ? 0 : -(int)err->code;
	if (rk_install_temp_name(base, &temp, err) < 0)
		return -(int)err->code;
	unlinkat(dir, temp, 0); /* of a run that was cut off */
	if (unlinkat(dir, base, 0) == 0)
		rk_strv_addf(&removing->result->paths, "/%s", path);
	else if (errno != ENOENT)
		return rk_install_error(err, errno, path);
	return 0;
}

/* Inner ones first; one that holds something else stays. */
static void remove_dirs(const struct removing *removing,
			const struct rk_install_record *record)
{
	struct rk_error ignored = RK_ERROR_INIT;

	for (size_t i = record->dirs.n_items; i-- > 0;) {
		cleanup_close int dir = -1;
		cleanup_free char *inside = NULL;
		const char *path = record->dirs.items[i];
		const char *base = rk_path_base(path);

		if (rk_format(&inside, &ignored, "/%.*s", (int)(base - path), path) ==
			    0 &&
		    rk_root_open_file(removing->root, inside, O_RDONLY | O_DIRECTORY,
				      &dir, &ignored) == 0)
			unlinkat(dir, base, AT_REMOVEDIR);
	}
}

static int remove_name(const struct removing *removing, const char *name,
		       struct rk_error *err)
{
	cleanup_record struct rk_install_record record = {0};

	if (rk_install_record_read(removing->root, removing->release, name, &record,
				   err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < record.paths.n_items; i++)
		if (check_file(removing, &record, record.paths.items[i], err) < 0)
			return -(int)err->code;
	for (size_t i = 0; i < record.paths.n_items; i++)
		if (remove_file(removing, record.paths.items[i], err) < 0)
			return -(int)err->code;
	remove_dirs(removing, &record);
	return rk_install_record_remove(removing->root, removing->release, name, err);
}

static int lock(const struct removing *removing, int *ret_fd, struct rk_error *err)
{
	cleanup_free char *path = NULL;
	cleanup_close int fd = -1;

	if (rk_format(&path, err, "lib/modules/%s", removing->release) < 0)
		return -(int)err->code;
	if (rk_install_folder(removing->root, path, NULL, &fd, err) < 0)
		return err->code == RK_ENOTFOUND ? 0 : -(int)err->code;
	if (flock(fd, LOCK_EX) < 0)
		return rk_install_error(err, errno, path);
	*ret_fd = rk_steal_fd(&fd);
	return 0;
}

/* Those of the names that the release has. @ret_n counts them. */
static int remove_of_release(struct removing *removing, const char *release,
			     const struct rk_strv *names, size_t *ret_n,
			     struct rk_error *err)
{
	cleanup_strv struct rk_strv known = RK_STRV_INIT;
	cleanup_close int lock_fd = -1;
	bool ran = false;
	size_t n = 0;

	removing->release = release;
	if (rk_install_record_list(removing->root, release, &known, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < names->n_items; i++)
		n += rk_strv_contains(&known, names->items[i]);
	*ret_n += n;
	if (!n)
		return 0;
	if (lock(removing, &lock_fd, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < names->n_items; i++)
		if (rk_strv_contains(&known, names->items[i]) &&
		    remove_name(removing, names->items[i], err) < 0)
			return -(int)err->code;
	if (rk_install_depmod(removing->plan, removing->root, release, &ran, err) < 0)
		return -(int)err->code;
	removing->result->depmod = removing->result->depmod || ran;
	return 0;
}

/* A name that no kernel has is an error before anything is removed. */
static int check_names(const struct removing *removing, const struct rk_strv *releases,
		       const struct rk_strv *names, struct rk_error *err)
{
	cleanup_strv struct rk_strv known = RK_STRV_INIT;

	for (size_t i = 0; i < releases->n_items; i++)
		if (rk_install_record_list(removing->root, releases->items[i], &known,
					   err) < 0)
			return -(int)err->code;
	for (size_t i = 0; i < names->n_items; i++) {
		if (rk_strv_contains(&known, names->items[i]))
			continue;
		rk_error_set(err, RK_ENOTFOUND, "rkmod has installed no module '%s'%s%s",
			     names->items[i], removing->plan->release[0] ? " for " : "",
			     removing->plan->release);
		return rk_error_cure(err, "install-unknown",
				     "remove it the way it came; --kernel, --root and "
				     "--mod-path say where rkmod looks");
	}
	return 0;
}

static int remove_all(struct removing *removing, const struct rk_strv *names,
		      struct rk_error *err)
{
	cleanup_strv struct rk_strv releases = RK_STRV_INIT;
	size_t n = 0;

	if (removing->plan->release[0])
		rk_strv_add(&releases, removing->plan->release);
	else if (rk_install_record_list(removing->root, "", &releases, err) < 0)
		return -(int)err->code;
	if (check_names(removing, &releases, names, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < releases.n_items; i++)
		if (rk_install_is_release(releases.items[i]) &&
		    remove_of_release(removing, releases.items[i], names, &n, err) < 0)
			return -(int)err->code;
	return 0;
}

int rk_install_remove(const struct rk_install_plan *plan, const struct rk_strv *names,
		      bool force, struct rk_install_result *result, struct rk_error *err)
{
	struct removing removing = {.plan = plan, .force = force, .result = result};
	cleanup_strv struct rk_strv plain = RK_STRV_INIT;
	int r = rk_install_open_prefix(plan, &removing.root, err);

	for (size_t i = 0; i < names->n_items && r == 0; i++) {
		cleanup_free char *name = NULL;

		r = rk_install_module_name(names->items[i], &name, err);
		if (r == 0)
			rk_strv_add(&plain, name);
	}
	if (r == 0)
		r = rk_strv_check(&plain, err);
	if (r == 0)
		r = remove_all(&removing, &plain, err);
	rk_root_free(removing.root);
	if (r == 0)
		r = rk_strv_check(&result->paths, err);
	return r;
}
