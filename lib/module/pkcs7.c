/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "lib/base/cleanup.h"
#include "lib/module/pkcs7.h"

enum oid {
	OID_OTHER,
	OID_SIGNED_DATA,
	OID_DATA,
	OID_INDIRECT_DATA,
	OID_CONTENT_TYPE,
	OID_MESSAGE_DIGEST,
	OID_SMIME_CAPABILITIES,
	OID_SHA1,
	OID_SHA224,
	OID_SHA256,
	OID_SHA384,
	OID_SHA512,
	OID_SHA3_256,
	OID_SHA3_384,
	OID_SHA3_512,
	OID_SM3,
	OID_STREEBOG256,
	OID_STREEBOG512,
	OID_RSA,
	OID_ECDSA,
	OID_ECRDSA,
	OID_MLDSA,
};

struct oid_row {
	enum oid oid;
	uint8_t size;
	uint8_t bytes[11];
};

/* clang-format off */
static const struct oid_row oids[] = {
	{OID_SIGNED_DATA, 9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02}},
	{OID_DATA, 9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01}},
	{OID_INDIRECT_DATA, 10, {0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x01, 0x04}},
	{OID_CONTENT_TYPE, 9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03}},
	{OID_MESSAGE_DIGEST, 9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04}},
	{OID_SMIME_CAPABILITIES, 9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x0f}},
	{OID_SHA1, 5, {0x2b, 0x0e, 0x03, 0x02, 0x1a}},
	{OID_SHA256, 9, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01}},
	{OID_SHA384, 9, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02}},
	{OID_SHA512, 9, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03}},
	{OID_SHA224, 9, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04}},
	{OID_SHA3_256, 9, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x08}},
	{OID_SHA3_384, 9, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x09}},
	{OID_SHA3_512, 9, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x0a}},
	{OID_SM3, 8, {0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x11}},
	{OID_STREEBOG256, 8, {0x2a, 0x85, 0x03, 0x07, 0x01, 0x01, 0x02, 0x02}},
	{OID_STREEBOG512, 8, {0x2a, 0x85, 0x03, 0x07, 0x01, 0x01, 0x02, 0x03}},
	{OID_RSA, 9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01}},
	{OID_ECDSA, 7, {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01}},
	{OID_ECDSA, 8, {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x01}},
	{OID_ECDSA, 8, {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02}},
	{OID_ECDSA, 8, {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03}},
	{OID_ECDSA, 8, {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04}},
	{OID_ECDSA, 9, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x0a}},
	{OID_ECDSA, 9, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x0b}},
	{OID_ECDSA, 9, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x0c}},
	{OID_ECRDSA, 8, {0x2a, 0x85, 0x03, 0x07, 0x01, 0x01, 0x01, 0x01}},
	{OID_ECRDSA, 8, {0x2a, 0x85, 0x03, 0x07, 0x01, 0x01, 0x01, 0x02}},
	{OID_MLDSA, 9, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x11}},
	{OID_MLDSA, 9, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x12}},
	{OID_MLDSA, 9, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x13}},
};
/* clang-format on */

static enum oid oid_of(struct rk_der bytes)
{
	for (size_t i = 0; i < RK_ARRAY_LEN(oids); i++)
		if (rk_der_equal(bytes, (struct rk_der){oids[i].bytes, oids[i].size}))
			return oids[i].oid;
	return OID_OTHER;
}

static const char *digest_name(enum oid oid)
{
	static const char *const names[] = {
		[OID_SHA1] = "sha1",
		[OID_SHA224] = "sha224",
		[OID_SHA256] = "sha256",
		[OID_SHA384] = "sha384",
		[OID_SHA512] = "sha512",
		[OID_SHA3_256] = "sha3-256",
		[OID_SHA3_384] = "sha3-384",
		[OID_SHA3_512] = "sha3-512",
		[OID_SM3] = "sm3",
		[OID_STREEBOG256] = "streebog256",
		[OID_STREEBOG512] = "streebog512",
	};

	return oid < RK_ARRAY_LEN(names) ? names[oid] : NULL;
}

/* False, so that a failure is one line. */
static bool fail(struct rk_pkcs7 *m, int sys_errno, const char *problem,
		 const char *message)
{
	m->sys_errno = sys_errno;
	m->problem = problem;
	m->message = message;
	return false;
}

static bool damaged(struct rk_pkcs7 *m)
{
	return fail(m, EBADMSG, "the signature is no PKCS#7 message", "");
}

static bool unsure(struct rk_pkcs7 *m)
{
	m->is_unsure = true;
	return false;
}

/* SEQUENCE { OID, parameters ANY OPTIONAL } */
static bool take_algorithm(struct rk_pkcs7 *m, struct rk_der *walk, enum oid *ret)
{
	struct rk_der body;
	struct rk_der part;

	if (!rk_der_take(walk, RK_DER_SEQUENCE, &body) ||
	    !rk_der_take(&body, RK_DER_OID, &part))
		return damaged(m);
	*ret = oid_of(part);
	if (body.size && rk_der_any(&body, &part, NULL) < 0)
		return damaged(m);
	return body.size == 0 || damaged(m);
}

static bool take_version(struct rk_pkcs7 *m, struct rk_der *walk, uint8_t *ret)
{
	struct rk_der part;

	if (!rk_der_take(walk, RK_DER_INTEGER, &part))
		return damaged(m);
	*ret = part.size == 1 ? part.data[0] : 0;
	return true;
}

/* SET OF or SEQUENCE OF */
static bool take_list(struct rk_pkcs7 *m, struct rk_der *walk, struct rk_der *ret)
{
	return rk_der_take(walk, RK_DER_SET, ret) ||
	       rk_der_take(walk, RK_DER_SEQUENCE, ret) || damaged(m);
}

static bool read_digests(struct rk_pkcs7 *m, struct rk_der *walk)
{
	struct rk_der list;
	enum oid ignored;

	if (!take_list(m, walk, &list))
		return false;
	while (list.size)
		if (!take_algorithm(m, &list, &ignored))
			return false;
	return true;
}

static bool read_content(struct rk_pkcs7 *m, struct rk_der *walk)
{
	struct rk_der body;
	struct rk_der part;
	enum oid oid;

	if (!rk_der_take(walk, RK_DER_SEQUENCE, &body) ||
	    !rk_der_take(&body, RK_DER_OID, &part))
		return damaged(m);
	oid = oid_of(part);
	if (body.size) {
		if (!rk_der_take(&body, RK_DER_CONTEXT_CONSTRUCTED, &part) ||
		    rk_der_any(&part, &part, NULL) < 0 || body.size)
			return damaged(m);
		m->has_content = true;
	}
	if (oid != OID_DATA && oid != OID_INDIRECT_DATA)
		return fail(m, EINVAL, "the signature is for another type of content",
			    "");
	m->is_plain = oid == OID_DATA;
	return true;
}

static bool read_certificates(struct rk_pkcs7 *m, struct rk_der *walk)
{
	struct rk_der list;

	if (!rk_der_take(walk, RK_DER_CONTEXT_CONSTRUCTED, &list) &&
	    !rk_der_take(walk, RK_DER_CONTEXT_CONSTRUCTED + 2, &list))
		return true;
	while (list.size) {
		struct rk_x509 *next = &m->certificates[m->n_certificates];

		if (m->n_certificates == RK_PKCS7_MAX_CERTIFICATES)
			return unsure(m);
		if (!rk_x509_read(list, next))
			return damaged(m);
		list.data += next->whole.size;
		list.size -= next->whole.size;
		m->n_certificates++;
	}
	return true;
}

/* Name ::= SEQUENCE OF SET OF SEQUENCE { OID, ANY } */
static bool check_name(struct rk_der name)
{
	struct rk_der set;
	struct rk_der pair;
	struct rk_der part;

	while (name.size) {
		if (!rk_der_take(&name, RK_DER_SET, &set))
			return false;
		while (set.size)
			if (!rk_der_take(&set, RK_DER_SEQUENCE, &pair) ||
			    !rk_der_take(&pair, RK_DER_OID, &part) ||
			    rk_der_any(&pair, &part, NULL) < 0 || pair.size)
				return false;
	}
	return true;
}

static bool read_signer_id(struct rk_pkcs7 *m, struct rk_der *walk,
			   struct rk_pkcs7_signer *signer)
{
	struct rk_der body;

	if (rk_der_take(walk, RK_DER_CONTEXT, &signer->skid))
		return true;
	if (!rk_der_take(walk, RK_DER_SEQUENCE, &body) ||
	    !rk_der_take(&body, RK_DER_SEQUENCE, &signer->issuer) ||
	    !check_name(signer->issuer) ||
	    !rk_der_take(&body, RK_DER_INTEGER, &signer->serial) || body.size)
		return damaged(m);
	return true;
}

/* What must be among signed attributes; the loader refuses them all the same. */
static bool read_attributes(struct rk_pkcs7 *m, struct rk_der *walk,
			    struct rk_pkcs7_signer *signer)
{
	unsigned int seen = 0;
	struct rk_der list;
	struct rk_der attribute;
	struct rk_der part;

	if (rk_der_peek(walk) == RK_DER_CONTEXT_CONSTRUCTED + 2)
		return unsure(m);
	if (!rk_der_take(walk, RK_DER_CONTEXT_CONSTRUCTED, &list))
		return true;
	while (list.size) {
		enum oid oid;

		if (!rk_der_take(&list, RK_DER_SEQUENCE, &attribute) ||
		    !rk_der_take(&attribute, RK_DER_OID, &part))
			return damaged(m);
		oid = oid_of(part);
		if (!rk_der_take(&attribute, RK_DER_SET, &part) || attribute.size)
			return damaged(m);
		seen |= 1U << oid;
		if (oid == OID_SMIME_CAPABILITIES && m->is_plain)
			return fail(m, EKEYREJECTED,
				    "the signature has signed attributes",
				    "PKCS7: S/MIME Caps only allowed with Authenticode");
	}
	if (!(seen & 1U << OID_CONTENT_TYPE) || !(seen & 1U << OID_MESSAGE_DIGEST))
		return fail(m, EBADMSG, "the signature lacks signed attributes",
			    "PKCS7: Missing required AuthAttr");
	signer->has_attributes = true;
	return true;
}

static bool read_key(struct rk_pkcs7 *m, struct rk_der *walk,
		     struct rk_pkcs7_signer *signer)
{
	enum oid oid;

	if (!take_algorithm(m, walk, &oid))
		return false;
	switch (oid) {
	case OID_RSA:
		signer->key = RK_PKCS7_RSA;
		return true;
	case OID_ECDSA:
		signer->key = RK_PKCS7_ECDSA;
		return true;
	case OID_ECRDSA:
		signer->key = RK_PKCS7_ECRDSA;
		return true;
	case OID_MLDSA:
		signer->key = RK_PKCS7_MLDSA;
		return true;
	default:
		return fail(m, ENOPKG,
			    "the signature is of a kind that the kernel does not know",
			    "");
	}
}

/* Versions of message and signer go together: 1 with 1, 3 with 3. */
static bool check_versions(struct rk_pkcs7 *m, uint8_t version)
{
	if (version != 1 && version != 3)
		return fail(m, EINVAL, "the signature has an unknown version",
			    "PKCS7: Unsupported SignerInfo version");
	if (version != m->version)
		return fail(m, EBADMSG, "the signature's versions do not belong together",
			    "PKCS7: SignedData-SignerInfo version mismatch");
	return true;
}

static bool read_signer(struct rk_pkcs7 *m, struct rk_der walk)
{
	struct rk_pkcs7_signer *signer = &m->signers[m->n_signers];
	struct rk_der part;
	uint8_t version;
	enum oid oid;

	if (!take_version(m, &walk, &version) || !check_versions(m, version) ||
	    !read_signer_id(m, &walk, signer) || !take_algorithm(m, &walk, &oid))
		return false;
	signer->digest = digest_name(oid);
	if (!signer->digest)
		return fail(m, ENOPKG,
			    "the signature's digest is one that the kernel does not know",
			    "");
	if (!read_attributes(m, &walk, signer) || !read_key(m, &walk, signer))
		return false;
	if (!rk_der_take(&walk, RK_DER_OCTETS, &signer->signature))
		return damaged(m);
	if (walk.size && !rk_der_take(&walk, RK_DER_CONTEXT_CONSTRUCTED + 1, &part) &&
	    !rk_der_take(&walk, RK_DER_CONTEXT_CONSTRUCTED + 3, &part))
		return damaged(m);
	if (walk.size)
		return damaged(m);
	if (!m->is_plain && !signer->has_attributes)
		return fail(m, EBADMSG, "the signature lacks signed attributes",
			    "PKCS7: Authenticode requires AuthAttrs");
	m->n_signers++;
	return true;
}

static bool read_signers(struct rk_pkcs7 *m, struct rk_der *walk)
{
	struct rk_der list;
	struct rk_der signer;

	if (!take_list(m, walk, &list))
		return false;
	while (list.size) {
		if (m->n_signers == RK_PKCS7_MAX_SIGNERS)
			return unsure(m);
		if (!rk_der_take(&list, RK_DER_SEQUENCE, &signer))
			return damaged(m);
		if (!read_signer(m, signer))
			return false;
	}
	return true;
}

static bool read_signed_data(struct rk_pkcs7 *m, struct rk_der walk)
{
	if (!take_version(m, &walk, &m->version))
		return false;
	if (m->version != 1 && m->version != 3)
		return fail(m, EINVAL, "the signature has an unknown version",
			    "PKCS7: Unsupported SignedData version");
	if (!read_digests(m, &walk) || !read_content(m, &walk) ||
	    !read_certificates(m, &walk))
		return false;
	/* Revocation lists; nobody signs modules with them. */
	if (rk_der_peek(&walk) == RK_DER_CONTEXT_CONSTRUCTED + 1 ||
	    rk_der_peek(&walk) == RK_DER_CONTEXT_CONSTRUCTED + 3)
		return unsure(m);
	return read_signers(m, &walk) && (walk.size == 0 || damaged(m));
}

static bool read_message(struct rk_pkcs7 *m, struct rk_der walk)
{
	struct rk_der body;
	struct rk_der part;

	/* An indefinite length, as streams have. */
	if (walk.size > 1 && walk.data[0] == RK_DER_SEQUENCE && walk.data[1] == 0x80)
		return unsure(m);
	if (!rk_der_take(&walk, RK_DER_SEQUENCE, &body) ||
	    !rk_der_take(&body, RK_DER_OID, &part))
		return damaged(m);
	if (oid_of(part) != OID_SIGNED_DATA)
		return fail(m, EINVAL, "the PKCS#7 message is no signature",
			    "PKCS7: Only support pkcs7_signedData type");
	if (body.size == 0)
		return true;
	if (!rk_der_take(&body, RK_DER_CONTEXT_CONSTRUCTED, &part) ||
	    !rk_der_take(&part, RK_DER_SEQUENCE, &walk))
		return damaged(m);
	if (!read_signed_data(m, walk))
		return false;
	return (body.size == 0 && part.size == 0) || damaged(m);
}

/* pkcs7_check_authattrs() */
static bool check_signers(struct rk_pkcs7 *m)
{
	for (size_t i = 0; i < m->n_signers; i++)
		if (m->signers[i].has_attributes != m->signers[0].has_attributes)
			m->n_signers = 0;
	return m->n_signers ||
	       fail(m, EINVAL,
		    "the signature names no signer, or signers of different forms",
		    "PKCS7: Inconsistently supplied authAttrs");
}

struct rk_pkcs7 rk_pkcs7_parse(struct rk_der bytes)
{
	enum {
		SIZE_LIMIT = 65535, /* asn1_ber_decoder() */
	};
	struct rk_pkcs7 message = {.message = ""};

	if (bytes.size > SIZE_LIMIT)
		fail(&message, EMSGSIZE, "the signature is longer than 64 KiB", "");
	else if (read_message(&message, bytes))
		check_signers(&message);
	return message;
}
