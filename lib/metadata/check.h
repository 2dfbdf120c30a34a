/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_METADATA_CHECK_H
#define RK_METADATA_CHECK_H

#include "lib/base/crypto.h"
#include "lib/kernel/kernel.h"

/*
 * What must hold before a generated set counts. Symbol names alone prove nothing: they
 * follow the compiler's version text, and the previous point release has the same ones.
 */

/**
 * rk_check_headers() - every header of KDIR and its common part is in the source
 * @dir:        the source, on the host
 * @ret_n:      headers compared
 *
 * include/ and arch/.../include, byte for byte; generated ones are left out.
 * Return: 0, -RK_EREFUSED (source-headers) naming the first that differs, -RK_ESYS,
 * -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_check_headers(const struct rk_kernel *kernel, const char *dir,
				   size_t *ret_n, struct rk_error *err);

/* One hash over the names and contents of the same headers: what a set that was made
 * elsewhere is compared by. Return: 0, -RK_ESYS, -RK_EFORMAT, -RK_ETOOL, -RK_ENOMEM. */
RK_MUST_CHECK int rk_check_hash_headers(const struct rk_kernel *kernel,
					char ret[RK_SHA256_HEX_SIZE],
					struct rk_error *err);

/**
 * rk_check_config() - no CONFIG_ line differs between two configurations
 * @wanted: the kernel's
 * @got:    what olddefconfig made of it
 *
 * Texts of compilers (*_VERSION_TEXT) and PAHOLE_VERSION may differ.
 * Return: 0, -RK_EREFUSED (source-config) naming the first differences, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_check_config(const struct rk_kernel *kernel, const char *wanted,
				  const char *got, struct rk_error *err);

/**
 * rk_check_exports() - the generated crates export each Rust symbol the kernel does
 * @dir:   the objtree that was made, on the host
 * @ret_n: Rust symbols of Module.symvers
 *
 * Under MODVERSIONS also with the same CRC.
 * Return: 0, -RK_EREFUSED (metadata-exports, metadata-crc), -RK_ENOTFOUND (no
 * Module.symvers), -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_check_exports(const struct rk_kernel *kernel, const char *dir,
				   size_t *ret_n, struct rk_error *err);

/* How many such symbols Module.symvers has; 0 without one. */
size_t rk_check_count(const struct rk_kernel *kernel);

/* Is it one that the Rust parts of the kernel export? */
bool rk_check_is_rust_symbol(const char *name);

/**
 * rk_check_rustc() - each .rmeta below dir/rust was made by the wanted compiler
 * Return: 0, -RK_EREFUSED (prepare-failed), -RK_EFORMAT, -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_check_rustc(const char *dir, const char *wanted,
				 struct rk_error *err);

#endif
