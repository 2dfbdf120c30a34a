/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_METADATA_SYSTEM_H
#define RK_METADATA_SYSTEM_H

#include "lib/metadata/set.h"

/* Inside a root tree: packages put a kernel's set into a folder of its release there. */
extern const char rk_system_dir[];

/**
 * rk_system_find() - the set that a package has installed
 * @set: of the kernel, for its key
 * @ret: stays NULL if there is none, or none of this kernel: then it was logged why
 *
 * Its files must belong to whoever owns the tree's /usr (uid 0, on any sane system), and
 * nobody else may write them. It is believed as rk_label_believe() says, at its first
 * use; that is kept in machine->cache_dir. Return: 0, -RK_EREFUSED (metadata-system:
 * somebody else can write it), -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_system_find(const struct rk_machine *machine,
				 const struct rk_kernel *kernel, const struct rk_set *set,
				 struct rk_metadata **ret, struct rk_error *err);

#endif
