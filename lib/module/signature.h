/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_MODULE_SIGNATURE_H
#define RK_MODULE_SIGNATURE_H

#include "lib/module/view.h"

/* What kernel/module/signing.c makes of the end of a file, before any cryptography. */
enum rk_signature_state {
	RK_SIGNATURE_NONE,         /* no marker at the very end */
	RK_SIGNATURE_DAMAGED,      /* the block's sizes make no sense */
	RK_SIGNATURE_UNKNOWN_TYPE, /* no PKCS#7 */
	RK_SIGNATURE_BAD_FIELDS,   /* fields that must be 0 are not */
	RK_SIGNATURE_PRESENT,
};

struct rk_signature {
	enum rk_signature_state state;
	size_t size;           /* bytes of the module that the loader goes on with */
	struct rk_bytes pkcs7; /* RK_SIGNATURE_PRESENT: the message */
};

struct rk_signature rk_signature_find(const uint8_t *data, size_t size);

#endif
