/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_ROOT_SANDBOX_H
#define RK_ROOT_SANDBOX_H

#include "lib/root/root.h"

/* Only for lib/root: the mounts of a tree as bubblewrap's options. */

/**
 * rk_sandbox_arguments() - the options of bwrap that make the tree's view of files
 * @ret: options are added, up to and without "--"
 *
 * bwrap makes missing mount points only on a tmpfs. Where a bind's path ends in a
 * read-only part of the tree (/var/tmp/x with a tree that has /var/tmp), that folder is
 * "opened": a tmpfs is put there and what the tree has in it is bound into it again.
 */
RK_MUST_CHECK int rk_sandbox_arguments(const struct rk_root *root,
				       const struct rk_root_bind *binds, size_t n_binds,
				       struct rk_strv *ret, struct rk_error *err);

#endif
