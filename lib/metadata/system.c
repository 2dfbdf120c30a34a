/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "lib/base/fact.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/metadata/label.h"
#include "lib/metadata/system.h"

const char rk_system_dir[] = "/usr/lib/rkmod/metadata";

/* ---- who can write it ---- */

static int check_entry(const char *path, uid_t owner, struct rk_error *err)
{
	const char *why = NULL;
	struct stat st;

	if (lstat(path, &st) < 0)
		return rk_error_sys(err, errno, "'%s'", path);
	if (S_ISLNK(st.st_mode))
		why = "is a link";
	else if (st.st_uid != owner)
		why = "belongs to somebody else than /usr";
	else if (st.st_mode & 022)
		why = "can be written by others than its owner";
	if (!why)
		return 0;
	rk_error_set(err, RK_EREFUSED, "'%s' %s, and rustc would run what lies there",
		     path, why);
	return rk_error_cure(err, "metadata-system",
			     "install its package again, or remove '%s'", rk_system_dir);
}

/* Every folder on the way from the tree's top to the file, and the file. */
static int check_path(const struct rk_root *root, const char *path, uid_t owner,
		      struct rk_error *err)
{
	cleanup_free char *full = NULL;
	size_t start;
	char *slash;
	int r;

	if (rk_root_host_path(root, path, &full, err) < 0)
		return -(int)err->code;
	start = strlen(full) - strlen(path);
	for (slash = strchr(full + start + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		r = check_entry(full, owner, err);
		*slash = '/';
		if (r < 0)
			return r;
	}
	return check_entry(full, owner, err);
}

static int check_below(const struct rk_root *root, const char *dir, const char *name,
		       uid_t owner, struct rk_error *err)
{
	cleanup_free char *path = NULL;

	if (rk_path_join(dir, name, &path, err) < 0)
		return -(int)err->code;
	return check_path(root, path, owner, err);
}

static int check_owner(const struct rk_root *root, const char *dir,
		       const struct rk_record *record, uid_t owner, struct rk_error *err)
{
	for (size_t i = 0; i < record->n_files; i++)
		if (check_below(root, dir, record->files[i].path, owner, err) < 0)
			return -(int)err->code;
	return 0;
}

/* ---- is it this kernel's ---- */

/* Reads 180 MB, so once for each state of the record. */
static int believe(const struct rk_machine *machine, const struct rk_kernel *kernel,
		   const struct rk_set *set, const char *dir, struct rk_error *err)
{
	cleanup(rk_record_free_p) struct rk_record *record = NULL;
	cleanup_free char *path = NULL;
	cleanup_free char *known = NULL;
	struct stat st;

	if (rk_path_join(dir, rk_record_name, &path, err) < 0)
		return -(int)err->code;
	if (stat(path, &st) < 0)
		return rk_error_sys(err, errno, "'%s'", path);
	if (rk_fact_get(machine, "believed-set", path, &st, &known) &&
	    strcmp(known, set->key) == 0)
		return 0;
	rk_log(RK_LOG_STEP, "comparing '%s' with the kernel, once", dir);
	if (rk_label_believe(kernel, set->key, dir, &record, err) < 0)
		return -(int)err->code;
	rk_fact_put(machine, "believed-set", path, &st, set->key);
	return 0;
}

static int load(const struct rk_machine *machine, const struct rk_kernel *kernel,
		const struct rk_set *set, const char *inside, struct rk_metadata **ret,
		struct rk_error *err)
{
	cleanup(rk_record_free_p) struct rk_record *record = NULL;
	cleanup_free char *dir = NULL;
	struct stat usr;

	if (rk_root_stat(kernel->root, "/usr", &usr, err) < 0 ||
	    rk_root_host_path(kernel->root, inside, &dir, err) < 0 ||
	    check_below(kernel->root, inside, rk_record_name, usr.st_uid, err) < 0 ||
	    rk_set_read_record(dir, &record, err) < 0 ||
	    check_owner(kernel->root, inside, record, usr.st_uid, err) < 0 ||
	    rk_record_compare(record, dir, err) < 0 ||
	    believe(machine, kernel, set, dir, err) < 0)
		return -(int)err->code;
	return rk_set_describe(record, dir, RK_METADATA_SYSTEM, ret, err);
}

/* Failures that leave it aside; of the others nothing can be done without the user. */
static bool is_unfit(const struct rk_error *err)
{
	return err->code == RK_EFORMAT || err->code == RK_ENOTFOUND ||
	       (err->code == RK_EREFUSED &&
		(!err->id || strcmp(err->id, "metadata-system") != 0));
}

int rk_system_find(const struct rk_machine *machine, const struct rk_kernel *kernel,
		   const struct rk_set *set, struct rk_metadata **ret,
		   struct rk_error *err)
{
	cleanup_free char *inside = NULL;

	if (strchr(kernel->release, '/') || kernel->release[0] == '.')
		return 0;
	if (rk_path_join(rk_system_dir, kernel->release, &inside, err) < 0)
		return -(int)err->code;
	if (!rk_root_exists(kernel->root, inside))
		return 0;
	if (load(machine, kernel, set, inside, ret, err) == 0)
		return 0;
	if (!is_unfit(err))
		return -(int)err->code;
	rk_log(RK_LOG_WARNING, "the installed metadata '%s' is left aside: %s", inside,
	       err->msg);
	return 0;
}
