/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_CMD_IDENTIFY_H
#define RK_CMD_IDENTIFY_H

#include "cmd/cmd.h"

/* rkmod kernels --symvers: which of the compilers (NULL or empty: all that are found in
 * the root tree) built the kernel that a Module.symvers is of. RK_EXIT_NO: none. */
enum rk_exit rk_cmd_identify(const struct rk_app *app, const char *root,
			     const char *symvers, const struct rk_strv *rustcs);

#endif
