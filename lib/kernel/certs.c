/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/crypto.h"
#include "lib/base/file.h"
#include "lib/kernel/internal.h"

enum {
	FILE_LIMIT = 1 << 20,
};

void rk_certs_release(struct rk_certs *certs)
{
	for (size_t i = 0; i < certs->n_items; i++)
		free(certs->items[i].der);
	free(certs->items);
	free(certs->missing);
	*certs = (struct rk_certs){0};
}

const struct rk_cert *rk_certs_find(const struct rk_certs *certs, struct rk_der issuer,
				    struct rk_der serial)
{
	for (size_t i = 0; i < certs->n_items; i++)
		if (rk_der_equal(certs->items[i].id.issuer, issuer) &&
		    rk_der_equal(certs->items[i].id.serial, serial))
			return &certs->items[i];
	return NULL;
}

const struct rk_cert *rk_certs_find_skid(const struct rk_certs *certs, struct rk_der skid)
{
	for (size_t i = 0; skid.size && i < certs->n_items; i++)
		if (rk_der_equal(certs->items[i].id.skid, skid))
			return &certs->items[i];
	return NULL;
}

static int add(struct rk_certs *certs, struct rk_der whole, struct rk_error *err)
{
	struct rk_cert *items =
		realloc(certs->items, (certs->n_items + 1) * sizeof(*items));
	struct rk_cert *cert;

	if (!items)
		return rk_error_nomem(err);
	certs->items = items;
	cert = &items[certs->n_items];
	cert->der = malloc(whole.size);
	if (!cert->der)
		return rk_error_nomem(err);
	memcpy(cert->der, whole.data, whole.size);
	/* It was read once already. */
	if (!rk_x509_read((struct rk_der){cert->der, whole.size}, &cert->id))
		cert->id = (struct rk_x509){.whole = {cert->der, whole.size}};
	certs->n_items++;
	return 0;
}

int rk_certs_add_list(struct rk_certs *certs, struct rk_der list, struct rk_error *err)
{
	struct rk_x509 x509;

	while (list.size) {
		if (!rk_x509_read(list, &x509))
			return rk_error_set(err, RK_EFORMAT, "no X.509 certificate");
		if (add(certs, x509.whole, err) < 0)
			return -(int)err->code;
		list.data += x509.whole.size;
		list.size -= x509.whole.size;
	}
	return 0;
}

static int add_text(struct rk_certs *certs, const struct rk_buf *text,
		    struct rk_error *err)
{
	cleanup_buf struct rk_buf der = RK_BUF_INIT;
	bool is_der = text->len && (uint8_t)text->data[0] == RK_DER_SEQUENCE;

	if (text->len == 0)
		return rk_error_set(err, RK_EFORMAT, "no certificate: it is empty");
	if (!is_der && rk_crypto_pem(text->data, text->len, &der, err) < 0)
		return -(int)err->code;
	if (!is_der)
		text = &der;
	return rk_certs_add_list(
		certs, (struct rk_der){(const uint8_t *)text->data, text->len}, err);
}

int rk_certs_add_file(struct rk_certs *certs, const char *path, struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;

	if (rk_file_read(path, FILE_LIMIT, &text, err) < 0)
		return -(int)err->code;
	if (add_text(certs, &text, err) == 0)
		return 0;
	rk_error_prefix(err, "'%s'", path);
	if (err->code != RK_EFORMAT)
		return -(int)err->code;
	return rk_error_cure(
		err, "cert-invalid",
		"give an X.509 certificate, PEM or DER: the public half of the key");
}
