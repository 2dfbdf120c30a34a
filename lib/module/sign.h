/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_MODULE_SIGN_H
#define RK_MODULE_SIGN_H

#include "lib/base/error.h"

struct rk_sign_result {
	char *signer;  /* common name of the certificate */
	bool replaced; /* a signature was there before */
};

struct rk_sign_request {
	const char *path;        /* a plain .ko; the signature that it has is replaced */
	const char *out;         /* where the signed one goes; NULL: in its place */
	const char *key;         /* file, PEM */
	const char *certificate; /* file, PEM or DER */
	const char *password;    /* of the key, or NULL */
	const char *digest;      /* "sha256" */
};

/**
 * rk_module_sign() - append a signature, as the kernel's sign-file does
 * The file is replaced at once, its mode stays.
 * Return: 0, -RK_EFORMAT (no ELF file, a compressed one: file-compression; key-unusable),
 * -RK_ENOTFOUND, -RK_ESYS, -RK_ETOOL, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_module_sign(const struct rk_sign_request *request,
				 struct rk_sign_result *ret, struct rk_error *err);

#endif
