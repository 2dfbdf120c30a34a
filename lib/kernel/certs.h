/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_KERNEL_CERTS_H
#define RK_KERNEL_CERTS_H

#include "lib/base/der.h"
#include "lib/kernel/kernel.h"

/* Whose signatures the kernel trusts. */
struct rk_certs {
	struct rk_cert *items;
	size_t n_items;
	/* Why the kernel's own are not among them, one line; NULL: they are. */
	char *missing;
};

struct rk_cert {
	uint8_t *der;      /* owned */
	struct rk_x509 id; /* borrows from it */
};

void rk_certs_release(struct rk_certs *certs);

/* The certificate that a signature names; NULL if it is not there. An issuer together
 * with the serial number, or a subject key identifier. */
const struct rk_cert *rk_certs_find(const struct rk_certs *certs, struct rk_der issuer,
				    struct rk_der serial);
const struct rk_cert *rk_certs_find_skid(const struct rk_certs *certs,
					 struct rk_der skid);

/* All certificates of a file, PEM or DER. Return: 0, -RK_EFORMAT (cert-invalid) and as
 * rk_file_read(). */
RK_MUST_CHECK int rk_certs_add_file(struct rk_certs *certs, const char *path,
				    struct rk_error *err);

/**
 * rk_certs_find_list() - the list that is linked into a kernel
 * @image: the kernel, decompressed
 *
 * certs/system_certificates.S puts certificates one behind the other, and behind them
 * their size and that of the first, with which modules are signed. Return: bytes of the
 * list, size 0 if there is none.
 */
struct rk_der rk_certs_find_list(struct rk_der image);

/**
 * rk_certs_add_kernel() - those that are linked into the target's image
 *
 * Not being able to is no failure but @certs->missing. Cached by the image's state.
 * Return: 0 or -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_certs_add_kernel(struct rk_certs *certs,
				      const struct rk_machine *machine,
				      const struct rk_kernel *kernel,
				      struct rk_error *err);

#endif
