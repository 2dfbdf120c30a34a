/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_LOAD_BUILD_ID_H
#define RK_LOAD_BUILD_ID_H

#include "lib/base/error.h"
#include "lib/module/module.h"

/* What the linker put into a module to know it by. The kernel shows that of what is
 * loaded, so that it can be compared. Both give hex digits, "" if there is none. */

/* @data: the section .note.gnu.build-id. Return: 0, -RK_ENOMEM. */
RK_MUST_CHECK int rk_build_id_of_note(const void *data, size_t size, char **ret,
				      struct rk_error *err);
/* Return: 0, -RK_ENOMEM. */
RK_MUST_CHECK int rk_build_id_of_module(const struct rk_module *module, char **ret,
					struct rk_error *err);

#endif
