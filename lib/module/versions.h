/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_MODULE_VERSIONS_H
#define RK_MODULE_VERSIONS_H

#include "lib/kernel/index.h"
#include "lib/module/view.h"

/*
 * Which version (CRC) of each symbol a module was built with (CONFIG_MODVERSIONS):
 * __versions, records of {u64 crc; char name[56]}, or the extended form, an array of
 * u32 beside NUL-terminated names. Names point into the file.
 */
struct rk_version {
	const char *name;
	uint64_t crc; /* the basic form has 64 bits, and the loader compares them all */
};

struct rk_versions {
	struct rk_version *items;
	size_t n_items;
	struct rk_index index;
};

/* Return: 0, -RK_EFORMAT (over 2^30 entries), -RK_ENOMEM. */
RK_MUST_CHECK int rk_versions_read(const struct rk_view *view, struct rk_bytes table,
				   struct rk_versions *ret, struct rk_error *err);
RK_MUST_CHECK int rk_versions_read_extended(struct rk_bytes crcs, struct rk_bytes names,
					    struct rk_versions *ret,
					    struct rk_error *err);
void rk_versions_release(struct rk_versions *versions);

/* False: fewer names than CRCs end inside @names. */
bool rk_versions_extended_fit(struct rk_bytes crcs, struct rk_bytes names);

/* The first entry of a name, as the loader takes it; NULL: none. */
const struct rk_version *rk_versions_find(const struct rk_versions *versions,
					  const char *name);

#endif
