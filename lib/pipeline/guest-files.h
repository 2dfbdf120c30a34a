/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_PIPELINE_GUEST_FILES_H
#define RK_PIPELINE_GUEST_FILES_H

#include "lib/kernel/kernel.h"
#include "lib/vm/vm.h"

/*
 * What a guest's file system holds beside its programs, so that an rkmod in it can judge
 * and load modules. Adding never fails on the spot: rk_guest_files_check() reports it.
 */
struct rk_guest_files {
	struct rk_vm_file *items; /* texts owned by this */
	size_t n_items;
	bool failed;
};

/* @inside: absolute. */
void rk_guest_files_add(struct rk_guest_files *files, const char *path,
			const char *inside);
/* A file of the root tree, at its place in the tree. */
void rk_guest_files_tree(struct rk_guest_files *files, const struct rk_root *root,
			 const char *path);
/* In the ordinary user's home. */
void rk_guest_files_home(struct rk_guest_files *files, const char *path);
/* What tells rkmod about the kernel: some of KDIR and of its headers, the indexes of
 * modules. What is not there is left out. */
void rk_guest_files_kernel(struct rk_guest_files *files, const struct rk_kernel *kernel);

RK_MUST_CHECK int rk_guest_files_check(const struct rk_guest_files *files,
				       struct rk_error *err);
void rk_guest_files_release(struct rk_guest_files *files);

#endif
