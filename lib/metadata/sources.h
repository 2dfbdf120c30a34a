/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_METADATA_SOURCES_H
#define RK_METADATA_SOURCES_H

#include "lib/metadata/metadata.h"

/*
 * The Rust sources that metadata was made from, for those who read them (editors): beside
 * the sets in the cache, because no build needs them. A folder that is shaped like the
 * kernel's: rust/kernel/lib.rs, rust/Makefile, rust/bindings/bindings_generated.rs, ...
 */

/**
 * rk_sources_keep() - copy them
 * @key:     of the set
 * @source:  the kernel's source, @objtree: what was made; host paths
 *
 * What was kept for the same set before is replaced at once.
 * Return: 0, -RK_ESYS, -RK_EREFUSED (the cache is not private), -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_sources_keep(const struct rk_machine *machine, const char *key,
				  const char *source, const char *objtree,
				  struct rk_error *err);

/**
 * rk_sources_find() - those of a kernel's metadata
 * @ret: KDIR itself where it is a whole tree, else the folder in the cache; host path;
 *       free() it
 * Return: 0, -RK_ENOTFOUND (sources-missing), as rk_set_locate().
 */
RK_MUST_CHECK int rk_sources_find(const struct rk_machine *machine,
				  const struct rk_kernel *kernel,
				  const struct rk_metadata *metadata, char **ret,
				  struct rk_error *err);

/* Is a file below the kernel's rust/ kept? @path: "kernel/lib.rs". */
bool rk_sources_wants(const char *path);

#endif
