/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_DEPEND_DEPEND_H
#define RK_DEPEND_DEPEND_H

#include "lib/base/strv.h"
#include "lib/kernel/kernel.h"

/**
 * rk_depend_resolve() - the modules that must be loaded before others
 * @kernel: its modules_dir is looked into (libkmod, modules.dep)
 * @names:  names as in modinfo's depends=
 * @ret:    host paths, each once, in the order in which to insert them; built-in ones
 *          are left out
 * Return: 0, -RK_ENOTFOUND (no such module: dependency-missing), -RK_ETOOL (libkmod
 * missing), -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_depend_resolve(const struct rk_kernel *kernel,
				    const struct rk_strv *names, struct rk_strv *ret,
				    struct rk_error *err);

/* A module that modprobe would insert for a name. */
struct rk_depend_module {
	char *name;
	char *path;          /* on the host */
	char *options;       /* of modprobe.d, as the kernel takes them; "" if none */
	char *install;       /* its "install" command, which is not run; "" if none */
	bool is_optional;    /* of a soft dependency: its failure is nobody's */
	bool is_blacklisted; /* in modprobe.d; it was named all the same */
};

struct rk_depend_list {
	struct rk_depend_module *items; /* in the order in which to insert them */
	size_t n_items;
};

/**
 * rk_depend_lookup() - what modprobe would insert, and with which options
 * @config: files and folders of modprobe.d, ended by NULL; NULL: the usual ones
 * @name:   a module or an alias. Of an alias, modules that are blacklisted are left out
 * @ret:    added to, each module once: soft dependencies before and after as modprobe.d,
 *          modules.softdep and depmod say; rk_depend_list_release()
 *
 * Commands of modprobe.d are read and never run. Return: as rk_depend_resolve().
 */
RK_MUST_CHECK int rk_depend_lookup(const struct rk_kernel *kernel,
				   const char *const *config, const char *name,
				   struct rk_depend_list *ret, struct rk_error *err);
void rk_depend_list_release(struct rk_depend_list *list);

/* The version of the libkmod that is used, added to @ret. */
RK_MUST_CHECK int rk_libkmod_version(struct rk_buf *ret, struct rk_error *err);

#endif
