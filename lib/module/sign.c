/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <elf.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/archive.h"
#include "lib/base/crypto.h"
#include "lib/base/file.h"
#include "lib/module/module.h"
#include "lib/module/sign.h"
#include "lib/module/signature.h"

enum {
	KEY_LIMIT = 1 << 20,
	ID_TYPE_PKCS7 = 2,
};

/* include/uapi/linux/module_signature.h */
struct trailer {
	uint8_t algo;
	uint8_t hash;
	uint8_t id_type;
	uint8_t signer_len;
	uint8_t key_id_len;
	uint8_t pad[3];
	uint8_t sig_len[4]; /* big-endian */
};

static int check_plain(const struct rk_buf *module, const char *path,
		       struct rk_error *err)
{
	enum rk_compression compression = rk_compression_of(module->data, module->len);

	if (compression != RK_COMPRESSION_NONE) {
		rk_error_set(err, RK_EFORMAT,
			     "'%s' is compressed with %s, and signatures are inside",
			     path, rk_compression_name(compression));
		return rk_error_cure(err, "file-compression",
				     "sign the plain .ko, then compress it");
	}
	if (module->len >= SELFMAG && memcmp(module->data, ELFMAG, SELFMAG) == 0)
		return 0;
	rk_error_set(err, RK_EFORMAT, "'%s' is no ELF file", path);
	return rk_error_cure(err, "elf-header", "sign a .ko");
}

static void append(struct rk_buf *module, const struct rk_buf *message)
{
	static const char marker[] = "~Module signature appended~\n";
	struct trailer trailer = {.id_type = ID_TYPE_PKCS7};

	for (int i = 0; i < 4; i++)
		trailer.sig_len[i] = (uint8_t)(message->len >> (24 - 8 * i));
	rk_buf_add(module, message->data, message->len);
	rk_buf_add(module, &trailer, sizeof(trailer));
	rk_buf_adds(module, marker);
}

static int make_message(const struct rk_buf *module,
			const struct rk_sign_request *request, char **ret_signer,
			struct rk_buf *ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf certificate = RK_BUF_INIT;
	cleanup_buf struct rk_buf key = RK_BUF_INIT;
	struct rk_crypto_signer signer = {.password = request->password,
					  .digest = request->digest};

	if (rk_file_read(request->key, KEY_LIMIT, &key, err) < 0 ||
	    rk_file_read(request->certificate, KEY_LIMIT, &certificate, err) < 0)
		return -(int)err->code;
	signer.key = rk_buf_str(&key);
	signer.key_size = key.len;
	signer.certificate = rk_buf_str(&certificate);
	signer.certificate_size = certificate.len;
	if (rk_crypto_sign(&signer, module->data, module->len, ret_signer, ret, err) == 0)
		return 0;
	if (err->code != RK_EFORMAT)
		return -(int)err->code;
	rk_error_prefix(err, "'%s' and '%s'", request->key, request->certificate);
	return rk_error_cure(
		err, "key-unusable",
		"give the private key and its own certificate; KBUILD_SIGN_PIN holds the key's password");
}

int rk_module_sign(const struct rk_sign_request *request, struct rk_sign_result *ret,
		   struct rk_error *err)
{
	const char *out = request->out ? request->out : request->path;
	cleanup_buf struct rk_buf message = RK_BUF_INIT;
	cleanup_buf struct rk_buf module = RK_BUF_INIT;
	cleanup_free char *name = NULL;
	struct rk_signature before;
	struct stat st;

	if (rk_file_read(request->path, RK_MODULE_SIZE_LIMIT, &module, err) < 0 ||
	    check_plain(&module, request->path, err) < 0)
		return -(int)err->code;
	before = rk_signature_find((const uint8_t *)module.data, module.len);
	rk_buf_truncate(&module, before.size);
	if (make_message(&module, request, &name, &message, err) < 0)
		return -(int)err->code;
	append(&module, &message);
	if (rk_buf_check(&module, err) < 0 ||
	    rk_file_write(out, module.data, module.len,
			  stat(request->path, &st) == 0 ? st.st_mode & 0777 : 0644,
			  err) < 0)
		return -(int)err->code;
	ret->signer = RK_STEAL(name);
	ret->replaced = before.state == RK_SIGNATURE_PRESENT;
	return 0;
}
