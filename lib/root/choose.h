/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_ROOT_CHOOSE_H
#define RK_ROOT_CHOOSE_H

#include "lib/root/apt.h"
#include "lib/root/create.h"

/* Only for lib/root: which packages a new tree gets. No version is written here: all of
 * them are what the archive has today. */
struct rk_choice {
	char *headers; /* "linux-headers-7.2.11+deb13-cloud-amd64", NULL: plain tree */
	char *version; /* of it, of the source and of the image */
	char *release; /* of the kernel */
	char *source;  /* "linux-source-7.2" */
	char *image;
	char *modules;         /* NULL: they are in the image's package */
	struct rk_strv wanted; /* "make", "linux-source-7.2=7.2.11-1~bpo13+1", ... */
};
void rk_choice_release(struct rk_choice *choice);

/* Can the names that were asked for be packages at all? Return: 0, -RK_EFORMAT,
 * -RK_ENOMEM. */
RK_MUST_CHECK int rk_choose_check(const struct rk_root_create *create,
				  struct rk_error *err);

/**
 * rk_choose() - ask the archive
 * @arch: Debian's name
 * Return: 0, -RK_ENOTFOUND (root-package), -RK_ETOOL, -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_choose(const struct rk_apt *apt, const struct rk_root_create *create,
			    const char *arch, struct rk_choice *ret,
			    struct rk_error *err);

/* The real headers package in a meta-package's Depends: "linux-headers-<digit>... (= V)".
 * Return: 0, -RK_ENOTFOUND, -RK_ENOMEM. */
RK_MUST_CHECK int rk_choose_real(const char *depends, char **ret_name, char **ret_version,
				 struct rk_error *err);

#endif
