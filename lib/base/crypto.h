/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BASE_CRYPTO_H
#define RK_BASE_CRYPTO_H

#include <stdint.h>

#include "lib/base/buf.h"

/*
 * The one user of libcrypto, which is opened on first use: a missing library is
 * -RK_ETOOL with the package to install.
 */
enum {
	RK_MD5_SIZE = 16,
	RK_SHA256_SIZE = 32,
	RK_SHA256_HEX_SIZE = 65, /* with its NUL */
};

struct rk_sha256;

/* Return: 0, -RK_ETOOL, -RK_ENOMEM. */
RK_MUST_CHECK int rk_sha256_new(struct rk_sha256 **ret, struct rk_error *err);
/* A hash of the same use that counts MD5 instead, and gives fewer digits: dpkg's lists of
 * files have it. It protects from nothing. */
RK_MUST_CHECK int rk_md5_new(struct rk_sha256 **ret, struct rk_error *err);
void rk_sha256_add(struct rk_sha256 *hash, const void *data, size_t size);
/* With its terminating NUL, so that two fields never run together. */
void rk_sha256_add_field(struct rk_sha256 *hash, const char *text);
/* Hex digits of all that was added. Return: 0 or -RK_ETOOL. @hash is empty afterwards. */
RK_MUST_CHECK int rk_sha256_hex(struct rk_sha256 *hash, char ret[RK_SHA256_HEX_SIZE],
				struct rk_error *err);
void rk_sha256_free(struct rk_sha256 *hash); /* accepts NULL */
RK_CLEANUP_FUNC(struct rk_sha256 *, rk_sha256_free);

/* The hash of a file's contents, read in pieces. */
RK_MUST_CHECK int rk_sha256_file(const char *path, char ret[RK_SHA256_HEX_SIZE],
				 struct rk_error *err);

/* What somebody signed, and with which key. All borrowed for the call. */
struct rk_crypto_signed {
	const uint8_t *certificate; /* X.509, DER */
	size_t certificate_size;
	const char *digest; /* "sha256" */
	const uint8_t *data;
	size_t size;
	const uint8_t *signature; /* PKCS#1 1.5 for RSA, X9.62 for elliptic curves */
	size_t signature_size;
};

/**
 * rk_crypto_verify() - does a signature fit
 * @ret: false: the data was changed, or somebody else signed it
 * Return: 0, -RK_EFORMAT if this libcrypto cannot tell (kind of key, digest), -RK_ETOOL,
 * -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_crypto_verify(const struct rk_crypto_signed *what, bool *ret,
				   struct rk_error *err);

/* Who signs, as files of openssl hold it. All borrowed for the call. */
struct rk_crypto_signer {
	const void *key; /* PEM */
	size_t key_size;
	const void *certificate; /* X.509, PEM or DER */
	size_t certificate_size;
	const char *password; /* of the key, or NULL */
	const char *digest;   /* "sha256" */
};

/**
 * rk_crypto_sign() - a detached PKCS#7 message, as the kernel's sign-file makes it
 * @ret_name: the certificate's common name, free() it
 * @ret:      added to: DER, without certificates and signed attributes
 * Return: 0, -RK_EFORMAT (a key or certificate that is none, or that do not belong
 * together; digest), -RK_ETOOL, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_crypto_sign(const struct rk_crypto_signer *signer, const void *data,
				 size_t size, char **ret_name, struct rk_buf *ret,
				 struct rk_error *err);

/* The certificates of a PEM text, as DER one behind the other. Return: 0, -RK_EFORMAT if
 * there is none, -RK_ETOOL, -RK_ENOMEM. */
RK_MUST_CHECK int rk_crypto_pem(const void *text, size_t size, struct rk_buf *ret,
				struct rk_error *err);

/* The version of the libcrypto that is used, added to @ret. */
RK_MUST_CHECK int rk_libcrypto_version(struct rk_buf *ret, struct rk_error *err);

#endif
