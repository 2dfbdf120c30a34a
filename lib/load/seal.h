/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_LOAD_SEAL_H
#define RK_LOAD_SEAL_H

#include "lib/module/module.h"

/**
 * rk_seal() - put a module's plain bytes where nobody can change them any more
 * @module: read; from now on its bytes are those of @fd, mapped
 * @fd:     an empty file in memory that allows seals
 *
 * What is judged, and what the kernel reads, are then the same pages. Return: 0,
 * -RK_ESYS.
 */
RK_MUST_CHECK int rk_seal(struct rk_module *module, int fd, struct rk_error *err);

#endif
