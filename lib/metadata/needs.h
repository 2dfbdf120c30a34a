/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_METADATA_NEEDS_H
#define RK_METADATA_NEEDS_H

#include "lib/base/strv.h"
#include "lib/kernel/kernel.h"

/*
 * Which metadata a module build against a kernel reads, by what KDIR's own makefiles say:
 * scripts/Makefile.build, the architecture's, and rust/Makefile where KDIR is a whole
 * tree.
 */
struct rk_needs {
	struct rk_strv crates; /* "core", "kernel", ...: lib<crate>.rmeta, or .so */
	char *target;          /* "scripts/target.json", NULL if rustc knows the target */
	bool helpers;          /* their bitcode is linked into each object */
};

RK_MUST_CHECK int rk_needs_read(const struct rk_kernel *kernel, struct rk_needs *needs,
				struct rk_error *err);
void rk_needs_release(struct rk_needs *needs);

/* The crates that a makefile's rustc lines name with --extern, added once each. */
void rk_needs_add_externs(const char *makefile, struct rk_strv *crates);

/**
 * rk_needs_add_kernel_externs() - those that the crate kernel itself is made with
 * @makefile: the text of rust/Makefile
 *
 * rustc reads them too, whether the module names them or not.
 * Return: 0, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_needs_add_kernel_externs(const char *makefile,
					      struct rk_strv *crates,
					      struct rk_error *err);

/* The target file that a makefile gives rustc, static: "rust/target.json" (6.1, 6.2) or
 * "scripts/target.json"; NULL: none. */
const char *rk_needs_find_target(const char *makefile);

/**
 * rk_needs_missing() - the first needed file that is not there
 * @has: tells whether a path below the objtree is there
 * Return: a path below the objtree, NULL if all are there; owned by the caller. Lack of
 * memory is -RK_ENOMEM in @err.
 */
RK_MUST_CHECK int rk_needs_missing(const struct rk_needs *needs,
				   bool (*has)(void *data, const char *path), void *data,
				   char **ret, struct rk_error *err);

#endif
