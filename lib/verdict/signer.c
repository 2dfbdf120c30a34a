/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crypto/asymmetric_keys: pkcs7_verify() and pkcs7_validate_trust(). The message must be
 * in order; then each signer is looked for among the certificates of the message, and
 * among those that the kernel trusts.
 */
#include <errno.h>
#include <string.h>

#include "lib/base/crypto.h"
#include "lib/module/pkcs7.h"
#include "lib/verdict/judge.h"

struct pass {
	struct rk_judge *judge;
	struct rk_pkcs7 message;
	struct rk_signer result;
};

static void answer(struct pass *pass, enum rk_signer_answer answer, const char *why)
{
	pass->result.answer = answer;
	snprintf(pass->result.why, sizeof(pass->result.why), "%s", why);
}

static void refuse(struct pass *pass, int sys_errno, const char *code, const char *what,
		   const char *message)
{
	struct rk_finding *finding =
		rk_judge_refuse(pass->judge, sys_errno, code, "%s", what);

	rk_judge_fix(pass->judge, finding, "%s", finding->kind->cure);
	rk_judge_message(pass->judge, "%s", message);
	answer(pass, RK_SIGNER_REFUSED, what);
}

/* Return: true if there is nothing to say against it yet. */
static bool check_message(struct pass *pass)
{
	const struct rk_pkcs7 *m = &pass->message;

	if (m->is_unsure)
		answer(pass, RK_SIGNER_UNDECIDED,
		       "the signature has a form that rkmod does not know");
	else if (m->sys_errno == ENOPKG)
		answer(pass, RK_SIGNER_UNSUPPORTED, m->problem);
	else if (m->sys_errno)
		refuse(pass, m->sys_errno, "signature-damaged", m->problem, m->message);
	else if (m->has_content)
		refuse(pass, EBADMSG, "signature-damaged",
		       "the signature holds signed data itself",
		       "PKCS#7 signature with non-detached data");
	else if (!m->is_plain)
		refuse(pass, EKEYREJECTED, "signature-damaged",
		       "the signature is for another type of content",
		       "PKCS7: Invalid module sig (not pkcs7-data)");
	else if (m->signers[0].has_attributes && m->signers[0].key != RK_PKCS7_MLDSA)
		refuse(pass, EKEYREJECTED, "signature-damaged",
		       "the signature has signed attributes",
		       "PKCS7: Invalid module sig (has authattrs)");
	else
		return true;
	return false;
}

/* Digests of the kernel that its configuration may leave out; the rest is in libcrypto
 * of the kernel, which a kernel with signatures always has. */
static bool has_digest(const struct rk_judge *judge, const char *digest)
{
	static const char *const options[][2] = {
		{"sha1", "CONFIG_CRYPTO_SHA1"},
		{"sha3-256", "CONFIG_CRYPTO_SHA3"},
		{"sha3-384", "CONFIG_CRYPTO_SHA3"},
		{"sha3-512", "CONFIG_CRYPTO_SHA3"},
		{"sm3", "CONFIG_CRYPTO_SM3"},
		{"streebog256", "CONFIG_CRYPTO_STREEBOG"},
		{"streebog512", "CONFIG_CRYPTO_STREEBOG"},
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(options); i++)
		if (strcmp(options[i][0], digest) == 0)
			return judge->target->kernel &&
			       rk_kconfig_get(judge->target->kernel->config,
					      options[i][1]);
	return true;
}

/* Return: true and the answer, or false: this libcrypto cannot tell. */
static bool verify(struct pass *pass, const struct rk_pkcs7_signer *signer,
		   struct rk_der certificate, bool *ret)
{
	const struct rk_crypto_signed what = {
		.certificate = certificate.data,
		.certificate_size = certificate.size,
		.digest = signer->digest,
		.data = pass->judge->module->data,
		.size = pass->judge->signature.size,
		.signature = signer->signature.data,
		.signature_size = signer->signature.size,
	};
	struct rk_error err = RK_ERROR_INIT;

	if (rk_crypto_verify(&what, ret, &err) == 0)
		return true;
	if (err.code == RK_ENOMEM)
		pass->judge->no_memory = true;
	answer(pass, RK_SIGNER_UNDECIDED, err.msg);
	return false;
}

/* A certificate of the message itself is believed to be the signer's. */
static const struct rk_x509 *own_certificate(const struct pass *pass,
					     const struct rk_pkcs7_signer *signer)
{
	for (size_t i = 0; i < pass->message.n_certificates; i++) {
		const struct rk_x509 *x509 = &pass->message.certificates[i];

		if (signer->skid.size == 0 &&
		    rk_der_equal(x509->issuer, signer->issuer) &&
		    rk_der_equal(x509->serial, signer->serial))
			return x509;
	}
	return NULL;
}

static const struct rk_cert *find_key(const struct rk_certs *certs,
				      const struct rk_pkcs7_signer *signer)
{
	if (signer->skid.size)
		return rk_certs_find_skid(certs, signer->skid);
	return rk_certs_find(certs, signer->issuer, signer->serial);
}

/* pkcs7_verify_one(): does the message fit itself. Return: true to go on. */
static bool check_own(struct pass *pass, const struct rk_pkcs7_signer *signer,
		      const struct rk_x509 *x509)
{
	bool fits = true;

	if (pass->judge->target->skip_digests)
		return true;
	if (!verify(pass, signer, x509->whole, &fits))
		return false;
	if (!fits)
		answer(pass, RK_SIGNER_WRONG, "");
	return fits;
}

static void check_key(struct pass *pass, const struct rk_pkcs7_signer *signer,
		      const struct rk_cert *cert)
{
	bool fits = true;

	if (!pass->judge->target->skip_digests &&
	    !verify(pass, signer, cert->id.whole, &fits))
		return;
	answer(pass, fits ? RK_SIGNER_TRUSTED : RK_SIGNER_WRONG, "");
}

static void check_signer(struct pass *pass, const struct rk_pkcs7_signer *signer)
{
	const struct rk_certs *certs = pass->judge->target->certs;
	const struct rk_x509 *own = own_certificate(pass, signer);
	const struct rk_cert *cert = certs ? find_key(certs, signer) : NULL;

	if (signer->key == RK_PKCS7_MLDSA && signer->has_attributes) {
		answer(pass, RK_SIGNER_UNDECIDED,
		       "it has signed attributes, which some kernels take with ML-DSA");
		return;
	}
	if (!has_digest(pass->judge, signer->digest)) {
		answer(pass, RK_SIGNER_UNSUPPORTED,
		       "the signature's digest is one that the kernel does not have");
		return;
	}
	if (own && !check_own(pass, signer, own))
		return;
	if (cert)
		check_key(pass, signer, cert);
	else if (!certs)
		answer(pass, RK_SIGNER_UNDECIDED,
		       "no kernel is named whose keys could be looked at");
	else if (certs->missing)
		answer(pass, RK_SIGNER_UNDECIDED, certs->missing);
	else if (own && !rk_der_equal(own->issuer, own->subject))
		answer(pass, RK_SIGNER_UNDECIDED,
		       "the signature has a chain of certificates, which rkmod does not follow");
	else
		answer(pass, RK_SIGNER_UNKNOWN, "");
}

/* The order of what counts: a wrong one, any that is trusted, what is not known. */
static unsigned int rank(enum rk_signer_answer answer)
{
	static const unsigned int ranks[] = {
		[RK_SIGNER_UNKNOWN] = 0, [RK_SIGNER_UNSUPPORTED] = 1,
		[RK_SIGNER_TRUSTED] = 2, [RK_SIGNER_UNDECIDED] = 3,
		[RK_SIGNER_WRONG] = 4,   [RK_SIGNER_REFUSED] = 5,
	};

	return ranks[answer];
}

struct rk_signer rk_signer_judge(struct rk_judge *judge)
{
	const struct rk_bytes bytes = judge->signature.pkcs7;
	struct pass pass = {
		.judge = judge,
		.message = rk_pkcs7_parse((struct rk_der){bytes.data, bytes.size}),
	};
	struct rk_signer best = {.answer = RK_SIGNER_UNKNOWN};

	if (!check_message(&pass))
		return pass.result;
	for (size_t i = 0; i < pass.message.n_signers; i++) {
		check_signer(&pass, &pass.message.signers[i]);
		if (rank(pass.result.answer) >= rank(best.answer))
			best = pass.result;
	}
	return best;
}
