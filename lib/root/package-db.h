/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_ROOT_PACKAGE_DB_H
#define RK_ROOT_PACKAGE_DB_H

#include "lib/root/package.h"

/* Only for lib/root: one kind of package database. The functions are those of package.h,
 * and may take it for granted that the database is there. */
struct rk_package_db {
	/* Files, any of which tells that the database is there; it changes whenever
	 * packages come or go. Ends with NULL. */
	const char *const *places;
	int (*find)(const struct rk_root *root, const char *name, struct rk_package *ret,
		    struct rk_error *err);
	int (*owner)(const struct rk_root *root, const char *path, struct rk_package *ret,
		     struct rk_error *err);
	int (*list)(const struct rk_root *root, const char *prefix, struct rk_strv *ret,
		    struct rk_error *err);
	int (*files)(const struct rk_root *root, const char *name, struct rk_strv *ret,
		     struct rk_error *err);
};

extern const struct rk_package_db rk_package_dpkg;
extern const struct rk_package_db rk_package_pacman; /* its files are read */
extern const struct rk_package_db rk_package_rpm;    /* rpm is run: the tree's own, or the
							machine's */

/* Return: -RK_ENOTFOUND. */
int rk_package_not_installed(const struct rk_root *root, const char *name,
			     struct rk_error *err);
int rk_package_not_owned(const char *path, struct rk_error *err);

/* Sets all fields; texts need no NUL behind them, NULL is "". For the readers. */
RK_MUST_CHECK int rk_package_set(struct rk_package *ret, const char *const fields[6],
				 struct rk_error *err);

/* A line of `rpm -q`: "NAME\tVERSION-RELEASE\tARCH\tSOURCERPM". Return: 0, -RK_EFORMAT,
 * -RK_ENOMEM. */
RK_MUST_CHECK int rk_rpm_package(const char *line, struct rk_package *ret,
				 struct rk_error *err);

#endif
