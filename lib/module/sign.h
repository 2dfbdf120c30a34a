/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_MODULE_SIGN_H
#define RK_MODULE_SIGN_H

#include "lib/base/crypto.h"

struct rk_sign_result {
	char *signer;  /* common name of the certificate */
	bool replaced; /* a signature was there before */
};

/**
 * rk_module_sign() - append a signature, as the kernel's sign-file does
 * @path: a plain .ko; the signature that it has is replaced
 * @out:  where the signed one goes, NULL: in its place, at once; the mode stays
 * @key, @certificate: files. The key's password is @signer's
 * @signer: digest and password; the rest is filled here
 * Return: 0, -RK_EFORMAT (no ELF file, a compressed one: file-compression; key-unusable),
 * -RK_ENOTFOUND, -RK_ESYS, -RK_ETOOL, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_module_sign(const char *path, const char *out, const char *key,
				 const char *certificate,
				 const struct rk_crypto_signer *signer,
				 struct rk_sign_result *ret, struct rk_error *err);

#endif
