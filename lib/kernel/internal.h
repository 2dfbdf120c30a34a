/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_KERNEL_INTERNAL_H
#define RK_KERNEL_INTERNAL_H

#include "lib/kernel/certs.h"
#include "lib/kernel/kernel.h"

/* Between the files of this folder. */

/**
 * rk_kdir_inspect() - is this a folder that modules can be built in
 * @kernel: root and kdir are set; sets kdir_real and srctree
 */
RK_MUST_CHECK int rk_kdir_inspect(struct rk_kernel *kernel, struct rk_error *err);

/**
 * rk_kernel_read_facts() - everything else
 * @kernel: kdir_real and srctree are set
 */
RK_MUST_CHECK int rk_kernel_read_facts(const struct rk_machine *machine,
				       struct rk_kernel *kernel, struct rk_error *err);

/* Package and versions. Cached. */
RK_MUST_CHECK int rk_kernel_read_owner(const struct rk_machine *machine,
				       struct rk_kernel *kernel, struct rk_error *err);

/* sizeof(struct module) from the BTF in KDIR's vmlinux (cached), else of a module that
 * was built there with it; 0 unknown. */
size_t rk_vmlinux_module_size(const struct rk_machine *machine,
			      const struct rk_root *root, const char *kdir);

/* Certificates one behind the other. Return: 0, -RK_EFORMAT, -RK_ENOMEM. */
RK_MUST_CHECK int rk_certs_add_list(struct rk_certs *certs, struct rk_der list,
				    struct rk_error *err);

/* The KDIR of a headers package that is installed, meta-packages followed. */
RK_MUST_CHECK int rk_kdir_of_package(const struct rk_root *root, const char *name,
				     char **ret, struct rk_error *err);

/**
 * rk_kdir_scan() - every KDIR of a tree
 * @ret_kdirs:   each real folder once: below /lib/modules, then /usr/src
 * @ret_missing: releases below /lib/modules without one, or NULL
 */
RK_MUST_CHECK int rk_kdir_scan(const struct rk_root *root, struct rk_strv *ret_kdirs,
			       struct rk_strv *ret_missing, struct rk_error *err);

#endif
