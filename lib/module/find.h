/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_MODULE_FIND_H
#define RK_MODULE_FIND_H

#include "lib/base/strv.h"

/**
 * rk_module_find() - module files by file or folder
 * @path: a file, which is taken whatever its name; of a folder every .ko, .ko.xz, .ko.zst
 *        and .ko.gz below it, sorted; links in it are not followed
 * @ret: added to
 * Return: 0, -RK_ENOTFOUND (no such path, or no module below it), -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_module_find(const char *path, struct rk_strv *ret,
				 struct rk_error *err);

#endif
