/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_KERNEL_RUSTAPI_H
#define RK_KERNEL_RUSTAPI_H

#include "lib/kernel/kernel.h"

/* What the kernel's Rust offers modules, as far as a new one is written by it. */
struct rk_rust_api {
	bool byte_strings; /* module! wants b"x", not "x" */
	bool authors;      /* it takes a list of them; else one author */
	bool params;       /* it takes parameters */
	bool miscdevice;   /* kernel::miscdevice with read_iter, and kernel::iov */
	const char *from;  /* what told it; static */
};

/**
 * rk_rust_api_read() - by the kernel's Rust sources if they are here, else by KDIR's
 * makefiles and the names that it exports; never by its version
 * @sources: a folder above rust/ with them, host path, or NULL: KDIR may have them
 */
void rk_rust_api_read(const struct rk_kernel *kernel, const char *sources,
		      struct rk_rust_api *ret);

/* The same by the texts of scripts/Makefile.build and Module.symvers; either may be NULL.
 */
void rk_rust_api_guess(const char *makefile, const struct rk_symvers *symvers,
		       struct rk_rust_api *ret);

/* Of no kernel in particular: the newest that is known. */
void rk_rust_api_newest(struct rk_rust_api *ret);

#endif
