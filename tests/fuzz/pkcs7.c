/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a signed module, the message in it, and X.509 certificates. */
#include "lib/module/pkcs7.h"
#include "lib/kernel/certs.h"
#include "lib/module/signature.h"
#include "tests/fuzz/fuzz.h"

/* Reads every byte, so that a range outside the input is found. */
static void touch(struct rk_der bytes)
{
	unsigned int sum = 0;

	for (size_t i = 0; i < bytes.size; i++)
		sum += bytes.data[i];
	MUST(sum <= 255 * bytes.size);
}

static void parse(struct rk_der bytes)
{
	struct rk_pkcs7 message = rk_pkcs7_parse(bytes);

	if (message.sys_errno) {
		MUST(message.problem && message.message);
		return;
	}
	for (size_t i = 0; i < message.n_signers && !message.is_unsure; i++) {
		touch(message.signers[i].issuer);
		touch(message.signers[i].serial);
		touch(message.signers[i].skid);
		touch(message.signers[i].signature);
		MUST(message.signers[i].digest);
	}
	for (size_t i = 0; i < message.n_certificates; i++) {
		touch(message.certificates[i].whole);
		touch(message.certificates[i].issuer);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rk_signature signature = rk_signature_find(data, size);
	const struct rk_der all = {data, size};
	struct rk_x509 x509;

	MUST(signature.size <= size);
	if (signature.state == RK_SIGNATURE_PRESENT)
		parse((struct rk_der){signature.pkcs7.data, signature.pkcs7.size});
	parse(all);
	if (rk_x509_read(all, &x509)) {
		touch(x509.whole);
		touch(x509.serial);
		touch(x509.subject);
		touch(x509.skid);
	}
	touch(rk_certs_find_list(all));
	return 0;
}
