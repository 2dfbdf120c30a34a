/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_TOOLCHAIN_INTERNAL_H
#define RK_TOOLCHAIN_INTERNAL_H

#include "lib/toolchain/programs.h"
#include "lib/toolchain/toolchain.h"

/* Between the files of this folder. */

/* @real: @path with its links resolved. */
bool rk_rustc_is_proxy(const struct rk_root *root, const char *path, const char *real);

/* Adds a candidate. One that cannot say its version is shown, and never fits. */
RK_MUST_CHECK int rk_rustc_add(const struct rk_machine *machine,
			       const struct rk_root *root, const char *path,
			       enum rk_rustc_origin origin,
			       struct rk_toolchain *toolchain, struct rk_error *err);

/**
 * rk_rustc_search() - fill candidates up to the first one that fits
 * @asked:     only these, names in PATH or inside paths; NULL or empty: everywhere
 * @all:       go on behind the first one that fits
 * @toolchain: wanted and core_tag are set; sets candidates and rustc
 * Return: 0, also if none fits or none is there; -RK_ENOTFOUND (rustc-missing: the one
 * that was asked for does not exist), -RK_ETOOL (bubblewrap), -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_rustc_search(const struct rk_machine *machine,
				  const struct rk_root *root, const struct rk_strv *asked,
				  bool all, struct rk_toolchain *toolchain,
				  struct rk_error *err);

/* What is wanted, what was found, where to get it. Return: -RK_ENOTFOUND. */
int rk_rustc_fail(const struct rk_kernel *kernel, const struct rk_toolchain *toolchain,
		  struct rk_error *err);

/* A warning if the crate hashes of Module.symvers are not those of the wanted text. */
void rk_rustc_check_tags(const struct rk_toolchain *toolchain);

/* Sets llvm, cc and cc_why. Return: 0, -RK_EREFUSED (llvm-mismatch), -RK_ENOTFOUND
 * (llvm-missing), -RK_ETOOL, -RK_ESYS, -RK_ENOMEM. */
RK_MUST_CHECK int rk_llvm_choose(const struct rk_machine *machine,
				 const struct rk_kernel *kernel,
				 const struct rk_toolchain_request *request,
				 struct rk_toolchain *toolchain, struct rk_error *err);

#endif
