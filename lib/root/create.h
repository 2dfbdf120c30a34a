/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_ROOT_CREATE_H
#define RK_ROOT_CREATE_H

#include "lib/root/root.h"

/* Making, listing and removing root trees (mmdebstrap). */
struct rk_root_create {
	const char *name;           /* of the tree; NULL: "default" */
	const char *kernel_package; /* NULL: what linux-headers-cloud-<arch> of stable's
				       backports points to; a headers package, real or
				       meta, "NAME" or "NAME=VERSION" */
	const char *suite;          /* NULL: "stable" */
	const char *mirror; /* NULL: the machine's apt configuration, else mmdebstrap's */
	const struct rk_strv *extra_packages; /* or NULL */
	bool no_kernel;                       /* only extra_packages: a plain tree */
	void (*chosen)(void *data, const char *what, const char *value); /* or NULL */
	void *data;
};

/**
 * rk_root_create() - make a tree that can build and boot modules of a kernel package
 * @ret_path: where it is; free() it
 *
 * Made under a temporary name and renamed: an interrupted run leaves nothing that
 * counts. A tree of that name that is complete and was made for the same request is
 * left as it is, and 0 returned. A lock lets one of two concurrent runs wait.
 * Return: 0, -RK_ETOOL (mmdebstrap or apt failed, or is missing), -RK_EREFUSED (the name
 * is taken by a tree made for something else, or interrupted), -RK_ENOTFOUND (the archive
 * has no such kernel package, or not its source), -RK_EFORMAT (what cannot be a name),
 * -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_root_create(const struct rk_machine *machine,
				 const struct rk_root_create *create, char **ret_path,
				 struct rk_error *err);

struct rk_root_info {
	char *name;
	char *path;
	char *kernel_package; /* "NAME=VERSION", "" for a plain tree */
	char *suite;
};
struct rk_root_list {
	struct rk_root_info *items;
	size_t n_items;
};
RK_MUST_CHECK int rk_root_list(const struct rk_machine *machine, struct rk_root_list *ret,
			       struct rk_error *err);
void rk_root_list_release(struct rk_root_list *list);

/* Also as the ordinary user whose subordinate ids own the files. */
RK_MUST_CHECK int rk_root_remove(const struct rk_machine *machine, const char *name,
				 struct rk_error *err);

#endif
