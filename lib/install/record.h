/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_INSTALL_RECORD_H
#define RK_INSTALL_RECORD_H

#include "lib/base/strv.h"
#include "lib/root/root.h"

/*
 * What was installed under a module's name for a kernel, and nothing else is removed
 * again: /var/lib/rkmod/installed/RELEASE/NAME in the tree that it was installed into.
 */
struct rk_install_record {
	struct rk_strv paths;  /* "lib/modules/..." */
	struct rk_strv hashes; /* as many; a path that is being replaced has two */
	struct rk_strv dirs;   /* that were made for it, outer ones first */
};
void rk_install_record_release(struct rk_install_record *record);
#define cleanup_record cleanup(rk_install_record_release)

/**
 * rk_install_record_read() - what is recorded for a name
 * @ret: rk_install_record_release(), whatever is returned
 * Return: 0, -RK_ENOTFOUND, -RK_EFORMAT, -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_install_record_read(const struct rk_root *root, const char *release,
					 const char *name, struct rk_install_record *ret,
					 struct rk_error *err);
RK_MUST_CHECK int rk_install_record_parse(const char *text, const char *release,
					  struct rk_install_record *ret,
					  struct rk_error *err);
RK_MUST_CHECK int rk_install_record_write(const struct rk_root *root, const char *release,
					  const char *name,
					  const struct rk_install_record *record,
					  struct rk_error *err);
/* With the folders that are empty then. */
RK_MUST_CHECK int rk_install_record_remove(const struct rk_root *root,
					   const char *release, const char *name,
					   struct rk_error *err);

/* Releases with records (@release ""), or the names recorded for one; none is no failure.
 */
RK_MUST_CHECK int rk_install_record_list(const struct rk_root *root, const char *release,
					 struct rk_strv *ret, struct rk_error *err);

/**
 * rk_install_folder() - open a folder below a root, made if missing
 * @path: inside, without leading slash
 * @made: those that were made are added; NULL: nothing is made
 * Return: 0, -RK_ENOTFOUND, -RK_ESYS (install-rights: may not be written), -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_install_folder(const struct rk_root *root, const char *path,
				    struct rk_strv *made, int *ret_fd,
				    struct rk_error *err);

/* The folder of @path, as above, and its last part, which points into @path. */
RK_MUST_CHECK int rk_install_parent(const struct rk_root *root, const char *path,
				    struct rk_strv *made, int *ret_fd,
				    const char **ret_name, struct rk_error *err);

/* A failed system call; without the right to do it, the cure is sudo. */
int rk_install_error(struct rk_error *err, int sys_errno, const char *path);

#endif
