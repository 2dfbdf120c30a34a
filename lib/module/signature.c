/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <endian.h>
#include <string.h>

#include "lib/module/signature.h"

static const char marker[] = "~Module signature appended~\n";

enum {
	MARKER_SIZE = sizeof(marker) - 1,
	ID_TYPE_PKCS7 = 2,
};

/* include/uapi/linux/module_signature.h */
struct block {
	uint8_t algo;
	uint8_t hash;
	uint8_t id_type;
	uint8_t signer_len;
	uint8_t key_id_len;
	uint8_t pad[3];
	uint32_t sig_len; /* big-endian */
};

static bool has_other_fields(const struct block *block)
{
	return block->algo || block->hash || block->signer_len || block->key_id_len ||
	       block->pad[0] || block->pad[1] || block->pad[2];
}

struct rk_signature rk_signature_find(const uint8_t *data, size_t size)
{
	struct rk_signature signature = {.size = size};
	struct block block;
	size_t pkcs7_size;

	if (size <= MARKER_SIZE ||
	    memcmp(data + size - MARKER_SIZE, marker, MARKER_SIZE) != 0)
		return signature;
	/* The loader forgets the marker at once, whatever it thinks of the rest. */
	signature.size -= MARKER_SIZE;
	signature.state = RK_SIGNATURE_DAMAGED;
	if (signature.size <= sizeof(block))
		return signature;
	memcpy(&block, data + signature.size - sizeof(block), sizeof(block));
	pkcs7_size = be32toh(block.sig_len);
	if (pkcs7_size >= signature.size - sizeof(block))
		return signature;
	signature.state = RK_SIGNATURE_UNKNOWN_TYPE;
	if (block.id_type != ID_TYPE_PKCS7)
		return signature;
	signature.state = RK_SIGNATURE_BAD_FIELDS;
	if (has_other_fields(&block))
		return signature;
	signature.size -= sizeof(block) + pkcs7_size;
	signature.pkcs7 = (struct rk_bytes){data + signature.size, pkcs7_size};
	signature.state = RK_SIGNATURE_PRESENT;
	return signature;
}
