/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_INSTALL_DEPMOD_H
#define RK_INSTALL_DEPMOD_H

#include "lib/install/plan.h"

/**
 * rk_install_depmod() - write modules.dep and its kin anew
 * @root:    rk_install_open_prefix() of the plan
 * @release: of the kernel
 * @ret_ran: false: no kernel is installed there, so there is nothing to update
 *
 * The tree's own depmod in a tree, else the machine's.
 * Return: 0, -RK_ETOOL (install-depmod), -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_install_depmod(const struct rk_install_plan *plan,
				    const struct rk_root *root, const char *release,
				    bool *ret_ran, struct rk_error *err);

#endif
