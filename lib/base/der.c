/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/der.h"

enum {
	CONSTRUCTED = 0x20, /* of a tag */
};

/* A length of one byte, or of up to two behind a byte that says how many. */
static bool take_length(struct rk_der *walk, size_t *ret)
{
	enum {
		LONG = 0x80,
		MAX_DIGITS = 2, /* as the kernel's decoder */
	};
	size_t n_digits;

	if (walk->size == 0)
		return false;
	*ret = *walk->data++;
	walk->size--;
	if (*ret < LONG)
		return true;
	n_digits = *ret - LONG;
	if (n_digits == 0 || n_digits > MAX_DIGITS || n_digits > walk->size)
		return false;
	*ret = 0;
	for (; n_digits; n_digits--, walk->size--)
		*ret = *ret << 8 | *walk->data++;
	return true;
}

int rk_der_any(struct rk_der *walk, struct rk_der *ret, struct rk_der *ret_whole)
{
	enum {
		NUMBER = 0x1f, /* all of these bits: the number follows */
	};
	struct rk_der next = *walk;
	size_t len;
	int tag;

	if (next.size == 0)
		return -1;
	tag = *next.data++;
	next.size--;
	if ((tag & NUMBER) == NUMBER || !take_length(&next, &len) || len > next.size)
		return -1;
	if (ret_whole)
		*ret_whole = (struct rk_der){walk->data,
					     (size_t)(next.data - walk->data) + len};
	*walk = (struct rk_der){next.data + len, next.size - len};
	*ret = (struct rk_der){next.data, len};
	return tag;
}

int rk_der_peek(const struct rk_der *walk)
{
	return walk->size ? walk->data[0] : -1;
}

bool rk_der_take(struct rk_der *walk, int tag, struct rk_der *ret)
{
	int own = rk_der_peek(walk);

	/* Of something plain the kernel's decoder takes the form made of parts, too. */
	if (own >= 0 && !(tag & CONSTRUCTED))
		own &= ~CONSTRUCTED;
	return own == tag && rk_der_any(walk, ret, NULL) >= 0;
}

bool rk_der_equal(struct rk_der a, struct rk_der b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* Extension ::= SEQUENCE { OID, BOOLEAN OPTIONAL, OCTET STRING } */
static bool take_skid(struct rk_der extension, struct rk_der *ret)
{
	static const uint8_t oid[] = {0x55, 0x1d, 0x0e}; /* 2.5.29.14 */
	struct rk_der part;
	int tag;

	if (!rk_der_take(&extension, RK_DER_OID, &part) ||
	    !rk_der_equal(part, (struct rk_der){oid, sizeof(oid)}))
		return false;
	do
		tag = rk_der_any(&extension, &part, NULL);
	while (tag >= 0 && tag != RK_DER_OCTETS);
	return tag == RK_DER_OCTETS && rk_der_take(&part, RK_DER_OCTETS, ret);
}

static void find_skid(struct rk_der rest, struct rk_der *ret)
{
	struct rk_der list;
	struct rk_der extension;

	*ret = (struct rk_der){NULL, 0};
	while (rest.size) {
		int tag = rk_der_any(&rest, &list, NULL);

		if (tag < 0)
			return;
		if (tag != RK_DER_CONTEXT_CONSTRUCTED + 3 ||
		    !rk_der_take(&list, RK_DER_SEQUENCE, &list))
			continue;
		while (rk_der_take(&list, RK_DER_SEQUENCE, &extension))
			if (take_skid(extension, ret))
				return;
	}
}

bool rk_x509_read(struct rk_der bytes, struct rk_x509 *ret)
{
	struct rk_der certificate;
	struct rk_der body;
	struct rk_der part;

	if (rk_der_any(&bytes, &certificate, &ret->whole) != RK_DER_SEQUENCE ||
	    !rk_der_take(&certificate, RK_DER_SEQUENCE, &body))
		return false;
	rk_der_take(&body, RK_DER_CONTEXT_CONSTRUCTED, &part); /* the version */
	if (!rk_der_take(&body, RK_DER_INTEGER, &ret->serial) ||
	    !rk_der_take(&body, RK_DER_SEQUENCE, &part) || /* algorithm */
	    !rk_der_take(&body, RK_DER_SEQUENCE, &ret->issuer) ||
	    !rk_der_take(&body, RK_DER_SEQUENCE, &part) || /* validity */
	    !rk_der_take(&body, RK_DER_SEQUENCE, &ret->subject) ||
	    !rk_der_take(&body, RK_DER_SEQUENCE, &part)) /* public key */
		return false;
	find_skid(body, &ret->skid);
	/* Behind the body: the algorithm again, and the issuer's signature. */
	return rk_der_take(&certificate, RK_DER_SEQUENCE, &part) &&
	       rk_der_any(&certificate, &part, NULL) == 0x03 && certificate.size == 0;
}
