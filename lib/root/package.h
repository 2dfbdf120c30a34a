/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_ROOT_PACKAGE_H
#define RK_ROOT_PACKAGE_H

#include "lib/root/root.h"

/*
 * The package database of a root tree: dpkg's or pacman's, read from its files, or rpm's,
 * for which rpm is run (the tree's own, else the machine's).
 */
struct rk_package {
	char *name;    /* "linux-headers-7.2.12+deb13-amd64", "kernel-devel" */
	char *version; /* "7.2.12-1~bpo13+1" */
	char *arch;    /* "amd64", "all" */
	char *source;  /* source package name, equal to name where none is given */
	char *source_version;
	char *depends; /* Debian's Depends field as it stands, pacman's with commas, "" if
			  none */
};
void rk_package_release(struct rk_package *package);

/**
 * rk_package_find() - an installed package by name
 * @ret: rk_package_release()
 * Return: 0, -RK_ENOTFOUND (not installed; also without any database), -RK_ETOOL (rpm
 * does not run here), -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_package_find(const struct rk_root *root, const char *name,
				  struct rk_package *ret, struct rk_error *err);

/* The state of the database: another one whenever packages come or go. Return: false if
 * there is none. */
bool rk_package_state(const struct rk_root *root, struct stat *ret);

/* The installed package that owns an inside path (as dpkg -S, rpm -qf, pacman -Qo). */
RK_MUST_CHECK int rk_package_owner(const struct rk_root *root, const char *path,
				   struct rk_package *ret, struct rk_error *err);

/* Installed packages whose name starts with @prefix: names, sorted. */
RK_MUST_CHECK int rk_package_list(const struct rk_root *root, const char *prefix,
				  struct rk_strv *ret, struct rk_error *err);

/* Files of an installed package, inside paths. */
RK_MUST_CHECK int rk_package_files(const struct rk_root *root, const char *name,
				   struct rk_strv *ret, struct rk_error *err);

#endif
