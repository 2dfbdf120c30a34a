/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_METADATA_SOURCE_H
#define RK_METADATA_SOURCE_H

#include "lib/kernel/kernel.h"

/* The kernel's source: an archive of the distribution's package, or a given tree. */
struct rk_source {
	char *path; /* inside, or on the host if a given one is only there */
	bool on_host;
	bool is_tree;
	char *version; /* of the source package that owns it, "" unknown */
};

/**
 * rk_source_find() - the source of a kernel
 * @given:  tree or archive that the user names, inside or else on the host; or NULL: the
 *          installed one
 * @source: rk_source_release()
 *
 * Fails with source-missing (the cure names the package) or, where the package that owns
 * it tells another version than the headers' one, source-version.
 * Return: 0, -RK_ENOTFOUND, -RK_EREFUSED, -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_source_find(const struct rk_kernel *kernel, const char *given,
				 struct rk_source *source, struct rk_error *err);
void rk_source_release(struct rk_source *source);
#define cleanup_source cleanup(rk_source_release)

/**
 * rk_source_unpack() - what is needed of an archive, without its top folder
 * @whole: everything: for when the parts turned out not to be enough
 * Return: 0, -RK_EFORMAT, -RK_ESYS, -RK_EREFUSED, -RK_ETOOL, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_source_unpack(const struct rk_source *source,
				   const struct rk_kernel *kernel, const char *dir,
				   bool whole, struct rk_error *err);

/* Opens the archive. */
RK_MUST_CHECK int rk_source_open(const struct rk_source *source,
				 const struct rk_kernel *kernel, int *ret_fd,
				 struct rk_error *err);

/* Is a file of the source needed to make metadata? @path is below the top folder. */
bool rk_source_is_needed(const char *path, const char *srcarch);

/* "7.2.11" or "7.3.0-rc1" from the text of a top makefile. Return: 0, -RK_EFORMAT. */
RK_MUST_CHECK int rk_source_makefile_version(const char *makefile, char **ret,
					     struct rk_error *err);

/**
 * rk_source_check_version() - source and headers are of one version, by their makefiles
 * @dir: the source on the host
 * Return: 0, -RK_EREFUSED (source-version), -RK_EFORMAT, -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_source_check_version(const struct rk_source *source,
					  const struct rk_kernel *kernel, const char *dir,
					  struct rk_error *err);

#endif
