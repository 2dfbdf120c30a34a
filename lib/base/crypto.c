/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "lib/base/crypto.h"
#include "lib/base/library.h"

enum {
	CHUNK_SIZE = 256 << 10, /* of a file that is hashed */
};

#define FUNCTIONS(X)                                                                     \
	X(BIO_free)                                                                      \
	X(BIO_new_mem_buf)                                                               \
	X(CMS_ContentInfo_free)                                                          \
	X(CMS_add1_signer)                                                               \
	X(CMS_final)                                                                     \
	X(CMS_sign)                                                                      \
	X(CRYPTO_free)                                                                   \
	X(ERR_clear_error)                                                               \
	X(EVP_DigestFinal_ex)                                                            \
	X(EVP_DigestInit_ex)                                                             \
	X(EVP_DigestUpdate)                                                              \
	X(EVP_DigestVerify)                                                              \
	X(EVP_DigestVerifyInit)                                                          \
	X(EVP_MD_CTX_free)                                                               \
	X(EVP_MD_CTX_new)                                                                \
	X(EVP_PKEY_free)                                                                 \
	X(EVP_get_digestbyname)                                                          \
	X(EVP_md5)                                                                       \
	X(EVP_sha256)                                                                    \
	X(OpenSSL_version)                                                               \
	X(PEM_read_bio_PrivateKey)                                                       \
	X(PEM_read_bio_X509)                                                             \
	X(X509_NAME_get_text_by_NID)                                                     \
	X(X509_check_private_key)                                                        \
	X(X509_free)                                                                     \
	X(X509_get0_pubkey)                                                              \
	X(X509_get_subject_name)                                                         \
	X(d2i_X509)                                                                      \
	X(i2d_CMS_ContentInfo)                                                           \
	X(i2d_X509)

static struct {
	FUNCTIONS(RK_LIBRARY_POINTER)
} crypto;

#define SYMBOL(fn) RK_LIBRARY_SYMBOL(crypto, fn),
static const struct rk_library_symbol symbols[] = {FUNCTIONS(SYMBOL)};

static const struct rk_library library = {
	.soname = "libcrypto.so.3",
	.package = "libssl3", /* Debian 13 calls it libssl3t64 and provides this */
	.symbols = symbols,
	.n_symbols = RK_ARRAY_LEN(symbols),
};

struct rk_sha256 {
	EVP_MD_CTX *context;
	bool md5;    /* that instead */
	bool failed; /* reported by rk_sha256_hex() */
};

static void start(struct rk_sha256 *hash)
{
	const EVP_MD *kind = hash->md5 ? crypto.EVP_md5() : crypto.EVP_sha256();

	hash->failed = crypto.EVP_DigestInit_ex(hash->context, kind, NULL) != 1;
}

static int make_hash(bool md5, struct rk_sha256 **ret, struct rk_error *err)
{
	cleanup(rk_sha256_free_p) struct rk_sha256 *hash = NULL;
	int r = rk_library_open(&library, err);

	if (r < 0)
		return r;
	hash = calloc(1, sizeof(*hash));
	if (hash)
		hash->context = crypto.EVP_MD_CTX_new();
	if (!hash || !hash->context)
		return rk_error_nomem(err);
	hash->md5 = md5;
	start(hash);
	*ret = RK_STEAL(hash);
	return 0;
}

int rk_sha256_new(struct rk_sha256 **ret, struct rk_error *err)
{
	return make_hash(false, ret, err);
}

int rk_md5_new(struct rk_sha256 **ret, struct rk_error *err)
{
	return make_hash(true, ret, err);
}

void rk_sha256_add(struct rk_sha256 *hash, const void *data, size_t size)
{
	if (size && crypto.EVP_DigestUpdate(hash->context, data, size) != 1)
		hash->failed = true;
}

void rk_sha256_add_field(struct rk_sha256 *hash, const char *text)
{
	rk_sha256_add(hash, text, strlen(text) + 1);
}

int rk_sha256_hex(struct rk_sha256 *hash, char ret[RK_SHA256_HEX_SIZE],
		  struct rk_error *err)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int size = 0;

	if (crypto.EVP_DigestFinal_ex(hash->context, digest, &size) != 1 ||
	    size != (hash->md5 ? RK_MD5_SIZE : RK_SHA256_SIZE))
		hash->failed = true;
	if (hash->failed)
		return rk_error_set(err, RK_ETOOL, "libcrypto computes no %s",
				    hash->md5 ? "MD5" : "SHA-256");
	for (size_t i = 0; i < size; i++)
		snprintf(ret + 2 * i, 3, "%02x", digest[i]);
	start(hash);
	return 0;
}

void rk_sha256_free(struct rk_sha256 *hash)
{
	if (!hash)
		return;
	if (hash->context)
		crypto.EVP_MD_CTX_free(hash->context);
	free(hash);
}

static int add_file(struct rk_sha256 *hash, int fd, struct rk_error *err)
{
	cleanup_free char *chunk = malloc(CHUNK_SIZE);

	if (!chunk)
		return rk_error_nomem(err);
	for (;;) {
		ssize_t n = read(fd, chunk, CHUNK_SIZE);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return rk_error_sys(err, errno, "read");
		if (n == 0)
			return 0;
		rk_sha256_add(hash, chunk, (size_t)n);
	}
}

int rk_sha256_file(const char *path, char ret[RK_SHA256_HEX_SIZE], struct rk_error *err)
{
	cleanup(rk_sha256_free_p) struct rk_sha256 *hash = NULL;
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return rk_error_sys(err, errno, "'%s'", path);
	r = rk_sha256_new(&hash, err);
	if (r < 0)
		return r;
	if (add_file(hash, fd, err) < 0 || rk_sha256_hex(hash, ret, err) < 0)
		return rk_error_prefix(err, "'%s'", path);
	return 0;
}

static int verify(const struct rk_crypto_signed *what, EVP_PKEY *key, EVP_MD_CTX *context,
		  bool *ret, struct rk_error *err)
{
	const EVP_MD *digest = crypto.EVP_get_digestbyname(what->digest);

	if (!digest || crypto.EVP_DigestVerifyInit(context, NULL, digest, NULL, key) != 1)
		return rk_error_set(
			err, RK_EFORMAT,
			"libcrypto has no way to check a digest '%s' with this key",
			what->digest);
	*ret = crypto.EVP_DigestVerify(context, what->signature, what->signature_size,
				       what->data, what->size) == 1;
	return 0;
}

int rk_crypto_verify(const struct rk_crypto_signed *what, bool *ret, struct rk_error *err)
{
	const unsigned char *der = what->certificate;
	EVP_MD_CTX *context;
	EVP_PKEY *key;
	X509 *certificate;
	int r;

	if (rk_library_open(&library, err) < 0)
		return -(int)err->code;
	context = crypto.EVP_MD_CTX_new();
	certificate = crypto.d2i_X509(NULL, &der, (long)what->certificate_size);
	key = certificate ? crypto.X509_get0_pubkey(certificate) : NULL;
	if (!context)
		r = rk_error_nomem(err);
	else if (!key)
		r = rk_error_set(err, RK_EFORMAT,
				 "libcrypto does not know the kind of the signer's key");
	else
		r = verify(what, key, context, ret, err);
	crypto.X509_free(certificate);
	crypto.EVP_MD_CTX_free(context);
	crypto.ERR_clear_error();
	return r;
}

/* Return: false at the end of the text. */
static bool add_pem(BIO *bio, struct rk_buf *buf)
{
	X509 *certificate = crypto.PEM_read_bio_X509(bio, NULL, NULL, NULL);
	unsigned char *der = NULL;
	int size;

	if (!certificate)
		return false;
	size = crypto.i2d_X509(certificate, &der);
	if (size > 0)
		rk_buf_add(buf, der, (size_t)size);
	else
		buf->failed = true;
	crypto.CRYPTO_free(der, __FILE__, __LINE__);
	crypto.X509_free(certificate);
	return true;
}

int rk_crypto_pem(const void *text, size_t size, struct rk_buf *ret, struct rk_error *err)
{
	const size_t before = ret->len;
	BIO *bio;

	if (rk_library_open(&library, err) < 0)
		return -(int)err->code;
	if (size > INT_MAX)
		return rk_error_set(err, RK_EFORMAT, "no certificate");
	bio = crypto.BIO_new_mem_buf(text, (int)size);
	if (!bio)
		return rk_error_nomem(err);
	while (add_pem(bio, ret))
		;
	crypto.BIO_free(bio);
	crypto.ERR_clear_error();
	if (rk_buf_check(ret, err) < 0)
		return -(int)err->code;
	if (ret->len == before)
		return rk_error_set(err, RK_EFORMAT, "no certificate");
	return 0;
}

/* ---- signing ---- */

/* An encrypted key without a password is no reason to ask on the terminal. */
static int give_password(char *buf, int size, int writing, void *data)
{
	const char *password = data;
	size_t len = password ? strlen(password) : 0;

	if (len == 0 || len > (size_t)size)
		return -1;
	for (size_t i = 0; i < len; i++) /* it takes no NUL */
		buf[i] = password[i];
	return (int)len;
}

static EVP_PKEY *read_key(const struct rk_crypto_signer *signer)
{
	BIO *bio = crypto.BIO_new_mem_buf(signer->key, (int)signer->key_size);
	EVP_PKEY *key = bio ? crypto.PEM_read_bio_PrivateKey(bio, NULL, give_password,
							     (void *)signer->password)
			    : NULL;

	crypto.BIO_free(bio);
	return key;
}

static X509 *read_certificate(const struct rk_crypto_signer *signer)
{
	const unsigned char *der = signer->certificate;
	X509 *certificate = crypto.d2i_X509(NULL, &der, (long)signer->certificate_size);
	BIO *bio;

	if (certificate)
		return certificate;
	bio = crypto.BIO_new_mem_buf(signer->certificate, (int)signer->certificate_size);
	if (bio)
		certificate = crypto.PEM_read_bio_X509(bio, NULL, NULL, NULL);
	crypto.BIO_free(bio);
	return certificate;
}

static int add_message(CMS_ContentInfo *cms, struct rk_buf *ret, struct rk_error *err)
{
	unsigned char *der = NULL;
	int size = crypto.i2d_CMS_ContentInfo(cms, &der);

	if (size <= 0)
		return rk_error_set(err, RK_ETOOL, "libcrypto writes no signature");
	rk_buf_add(ret, der, (size_t)size);
	crypto.CRYPTO_free(der, __FILE__, __LINE__);
	return rk_buf_check(ret, err);
}

/* The kernel takes no certificates and no signed attributes. */
static int make_message(X509 *certificate, EVP_PKEY *key, const EVP_MD *digest, BIO *data,
			struct rk_buf *ret, struct rk_error *err)
{
	const unsigned int flags = CMS_NOCERTS | CMS_BINARY | CMS_NOSMIMECAP | CMS_NOATTR;
	CMS_ContentInfo *cms = crypto.CMS_sign(NULL, NULL, NULL, NULL,
					       CMS_NOCERTS | CMS_PARTIAL | CMS_BINARY |
						       CMS_DETACHED | CMS_STREAM);
	int r;

	if (cms && crypto.CMS_add1_signer(cms, certificate, key, digest, flags) &&
	    crypto.CMS_final(cms, data, NULL, CMS_NOCERTS | CMS_BINARY) == 1)
		r = add_message(cms, ret, err);
	else
		r = rk_error_set(err, RK_EFORMAT, "libcrypto cannot sign with this key");
	crypto.CMS_ContentInfo_free(cms);
	return r;
}

static int sign_with(const struct rk_crypto_signer *signer, X509 *certificate,
		     EVP_PKEY *key, BIO *data, struct rk_buf *ret, struct rk_error *err)
{
	const EVP_MD *digest = crypto.EVP_get_digestbyname(signer->digest);

	if (!key)
		return rk_error_set(err, RK_EFORMAT, "no private key in PEM form%s",
				    signer->password ? ", or the password is wrong"
						     : ", or one that needs a password");
	if (!certificate)
		return rk_error_set(err, RK_EFORMAT, "no X.509 certificate");
	if (crypto.X509_check_private_key(certificate, key) != 1)
		return rk_error_set(err, RK_EFORMAT,
				    "key and certificate do not belong together");
	if (!digest)
		return rk_error_set(err, RK_EFORMAT, "libcrypto has no digest '%s'",
				    signer->digest);
	if (!data)
		return rk_error_nomem(err);
	return make_message(certificate, key, digest, data, ret, err);
}

int rk_crypto_sign(const struct rk_crypto_signer *signer, const void *data, size_t size,
		   char **ret_name, struct rk_buf *ret, struct rk_error *err)
{
	X509 *certificate;
	char name[128] = "";
	EVP_PKEY *key;
	BIO *bio;
	int r;

	if (rk_library_open(&library, err) < 0)
		return -(int)err->code;
	if (size > INT_MAX || signer->key_size > INT_MAX ||
	    signer->certificate_size > INT_MAX)
		return rk_error_set(err, RK_EFORMAT, "more than 2 GiB");
	certificate = read_certificate(signer);
	key = read_key(signer);
	bio = crypto.BIO_new_mem_buf(data, (int)size);
	r = sign_with(signer, certificate, key, bio, ret, err);
	if (r == 0)
		crypto.X509_NAME_get_text_by_NID(
			crypto.X509_get_subject_name(certificate), NID_commonName, name,
			sizeof(name));
	crypto.BIO_free(bio);
	crypto.EVP_PKEY_free(key);
	crypto.X509_free(certificate);
	crypto.ERR_clear_error();
	return r < 0 ? r : rk_strdup(name, ret_name, err);
}

int rk_libcrypto_version(struct rk_buf *ret, struct rk_error *err)
{
	if (rk_library_open(&library, err) < 0)
		return -(int)err->code;
	rk_buf_adds(ret, crypto.OpenSSL_version(OPENSSL_VERSION_STRING));
	return rk_buf_check(ret, err);
}
