/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_MODULE_MODULE_H
#define RK_MODULE_MODULE_H

#include <stdint.h>

#include "lib/base/archive.h"
#include "lib/base/buf.h"

/*
 * The bytes of a module file, hostile until checked. Everything below lib/module and
 * lib/verdict reads them through offsets that were checked with overflow-safe adds.
 */
struct rk_module {
	char *path;                      /* as the user named it */
	enum rk_compression compression; /* of the file; data is always plain */
	uint8_t *data;
	size_t size;
};

enum {
	RK_MODULE_SIZE_LIMIT = 1
			       << 30, /* plain bytes; the kernel's own limit is INT_MAX */
};

/**
 * rk_module_open() - read a file once
 * @ret: rk_module_free(). The bytes need not be a module: lib/verdict says that.
 * Return: 0, -RK_ENOTFOUND, -RK_ESYS, -RK_EFORMAT (too large, or damaged compression),
 * -RK_ETOOL (libarchive missing), -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_module_open(const char *path, struct rk_module **ret,
				 struct rk_error *err);
void rk_module_free(struct rk_module *module); /* accepts NULL */
RK_CLEANUP_FUNC(struct rk_module *, rk_module_free);

#endif
