/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BASE_DER_H
#define RK_BASE_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * DER, walked element by element over hostile bytes. Lengths are checked; tags above 30
 * and indefinite lengths, which DER does not have, are damage.
 */

/* Bytes that are still to be walked; or an element's. */
struct rk_der {
	const uint8_t *data;
	size_t size;
};

/* Tags as they stand in the file. */
enum {
	RK_DER_INTEGER = 0x02,
	RK_DER_OCTETS = 0x04,
	RK_DER_OID = 0x06,
	RK_DER_SEQUENCE = 0x30,
	RK_DER_SET = 0x31,
	RK_DER_CONTEXT = 0x80,             /* + number: [n] IMPLICIT of something plain */
	RK_DER_CONTEXT_CONSTRUCTED = 0xa0, /* + number: [n] of something made of parts */
};

/**
 * rk_der_any() - step over the next element, whatever it is
 * @ret:       its contents; may be @walk itself: down into it
 * @ret_whole: with its tag and length, or NULL
 * Return: its tag, or -1 at the end or where the bytes make no sense; @walk then stays.
 */
int rk_der_any(struct rk_der *walk, struct rk_der *ret, struct rk_der *ret_whole);

/* Step over the next element if it has this tag; else @walk stays. */
bool rk_der_take(struct rk_der *walk, int tag, struct rk_der *ret);

/* The tag of the next element, -1 at the end. */
int rk_der_peek(const struct rk_der *walk);

bool rk_der_equal(struct rk_der a, struct rk_der b);

/*
 * What an X.509 certificate says about itself, as the kernel's key identifiers use it.
 * All borrowed from the bytes.
 */
struct rk_x509 {
	struct rk_der whole;
	struct rk_der serial; /* contents of the integer */
	struct rk_der issuer; /* contents of the name */
	struct rk_der subject;
	struct rk_der skid; /* subject key identifier; size 0 if none */
};

/* A certificate at the start of @bytes; what follows is not looked at. */
bool rk_x509_read(struct rk_der bytes, struct rk_x509 *ret);

#endif
