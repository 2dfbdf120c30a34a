/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_MODULE_PKCS7_H
#define RK_MODULE_PKCS7_H

#include "lib/base/der.h"

/*
 * The message of a signature, as the kernel's parser takes it
 * (crypto/asymmetric_keys/pkcs7.asn1 and pkcs7_parser.c): in the order of the bytes, the
 * first thing that it does not like fixes the errno. All is borrowed from the bytes.
 */
enum {
	RK_PKCS7_MAX_SIGNERS = 4,
	RK_PKCS7_MAX_CERTIFICATES = 8,
};

enum rk_pkcs7_key {
	RK_PKCS7_RSA,
	RK_PKCS7_ECDSA,
	RK_PKCS7_ECRDSA,
	RK_PKCS7_MLDSA,
};

struct rk_pkcs7_signer {
	struct rk_der issuer; /* with the serial number, or */
	struct rk_der serial;
	struct rk_der skid; /* the key's identifier; size 0 if not this */
	const char *digest; /* as libcrypto and the kernel call it: "sha256", "sm3" */
	enum rk_pkcs7_key key;
	bool has_attributes; /* signed ones */
	struct rk_der signature;
};

struct rk_pkcs7 {
	int sys_errno;       /* with which the kernel refuses the message, or 0 */
	const char *problem; /* then: what is wrong; static */
	const char *message; /* then: what the kernel logs, "" if nothing; static */
	bool is_unsure;      /* none of that: rkmod does not know its form */
	struct rk_pkcs7_signer signers[RK_PKCS7_MAX_SIGNERS];
	size_t n_signers;
	struct rk_x509 certificates[RK_PKCS7_MAX_CERTIFICATES];
	size_t n_certificates;
	bool has_content; /* the signed data is inside */
	bool is_plain;    /* its type is "data" */
	uint8_t version;
};

struct rk_pkcs7 rk_pkcs7_parse(struct rk_der bytes);

#endif
