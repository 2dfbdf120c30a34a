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

#endif
