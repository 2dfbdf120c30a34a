/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_MODULE_EXPORTS_H
#define RK_MODULE_EXPORTS_H

#include "lib/base/error.h"
#include "lib/module/view.h"

/* What a module exports: __ksymtab (and the older __ksymtab_gpl) with its names found
 * through the relocations. Names point into the file. */
struct rk_module_export {
	const char *name;
	const char *ns; /* "" if none */
	uint32_t crc;
	bool has_crc;
	bool gpl_only;
};

struct rk_module_exports {
	struct rk_module_export *items; /* sorted by name */
	size_t n_items;
};

/**
 * rk_module_exports_read() - the exports of a module
 * @view: sections and names are set
 * Entries whose name cannot be found are left out. Return: 0 or -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_module_exports_read(const struct rk_view *view,
					 struct rk_module_exports *ret,
					 struct rk_error *err);
void rk_module_exports_release(struct rk_module_exports *exports);
/* NULL: no such export. */
const struct rk_module_export *
rk_module_exports_find(const struct rk_module_exports *exports, const char *name);

#endif
