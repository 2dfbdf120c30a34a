/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/root/package-db.h"

/* A machine may have the tools of another distribution: its own database comes first,
 * as a rule the only one with anything in it. */
static const struct rk_package_db *const databases[] = {
	&rk_package_dpkg,
	&rk_package_rpm,
	&rk_package_pacman,
};

void rk_package_release(struct rk_package *package)
{
	free(package->name);
	free(package->version);
	free(package->arch);
	free(package->source);
	free(package->source_version);
	free(package->depends);
	memset(package, 0, sizeof(*package));
}

int rk_package_set(struct rk_package *ret, const char *const fields[6],
		   struct rk_error *err)
{
	struct rk_package package = {0};
	char **const to[] = {&package.name,   &package.version,        &package.arch,
			     &package.source, &package.source_version, &package.depends};

	for (size_t i = 0; i < RK_ARRAY_LEN(to); i++) {
		if (rk_strdup(fields[i] ? fields[i] : "", to[i], err) == 0)
			continue;
		rk_package_release(&package);
		return -(int)err->code;
	}
	*ret = package;
	return 0;
}

int rk_package_not_installed(const struct rk_root *root, const char *name,
			     struct rk_error *err)
{
	if (root->is_host)
		return rk_error_set(err, RK_ENOTFOUND, "package '%s' is not installed",
				    name);
	return rk_error_set(err, RK_ENOTFOUND,
			    "package '%s' is not installed in root tree '%s'", name,
			    root->name);
}

int rk_package_not_owned(const char *path, struct rk_error *err)
{
	return rk_error_set(err, RK_ENOTFOUND, "no installed package owns '%s'", path);
}

static bool is_there(const struct rk_package_db *db, const struct rk_root *root,
		     struct stat *ret)
{
	struct rk_error ignored = RK_ERROR_INIT;

	for (size_t i = 0; db->places[i]; i++)
		if (rk_root_stat(root, db->places[i], ret, &ignored) == 0)
			return true;
	return false;
}

/* NULL: none at all, as if nothing were installed. */
static const struct rk_package_db *find_database(const struct rk_root *root)
{
	struct stat st;

	for (size_t i = 0; i < RK_ARRAY_LEN(databases); i++)
		if (is_there(databases[i], root, &st))
			return databases[i];
	return NULL;
}

bool rk_package_state(const struct rk_root *root, struct stat *ret)
{
	const struct rk_package_db *db = find_database(root);

	return db && is_there(db, root, ret);
}

int rk_package_find(const struct rk_root *root, const char *name, struct rk_package *ret,
		    struct rk_error *err)
{
	const struct rk_package_db *db = find_database(root);

	return db ? db->find(root, name, ret, err)
		  : rk_package_not_installed(root, name, err);
}

int rk_package_owner(const struct rk_root *root, const char *path, struct rk_package *ret,
		     struct rk_error *err)
{
	const struct rk_package_db *db = find_database(root);

	if (!db || path[0] != '/')
		return rk_package_not_owned(path, err);
	return db->owner(root, path, ret, err);
}

int rk_package_list(const struct rk_root *root, const char *prefix, struct rk_strv *ret,
		    struct rk_error *err)
{
	const struct rk_package_db *db = find_database(root);

	return db ? db->list(root, prefix, ret, err) : 0;
}

int rk_package_files(const struct rk_root *root, const char *name, struct rk_strv *ret,
		     struct rk_error *err)
{
	const struct rk_package_db *db = find_database(root);

	return db ? db->files(root, name, ret, err)
		  : rk_package_not_installed(root, name, err);
}
