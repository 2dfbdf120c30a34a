// SPDX-License-Identifier: GPL-2.0-or-later
/* The signature behind the module: marker, block, PKCS#7. */
#include <string.h>

#include "tests/vm/oracle/rules.h"

static const char marker[] = "~Module signature appended~\n";

enum {
	MARKER_SIZE = sizeof(marker) - 1,
	BLOCK_SIZE = 12,
	BLOCK_ID_TYPE = 2, /* offset in the block */
	BLOCK_SIG_LEN = 8,
	ID_PKCS7 = 2,
};

static void add_block(struct mutation *m, const uint8_t *block)
{
	rk_buf_add(&m->image->bytes, block, BLOCK_SIZE);
	rk_buf_add(&m->image->bytes, marker, MARKER_SIZE);
}

static void put_be32(uint8_t *at, size_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* --- Unsigned modules that look signed */

enum fake {
	FAKE_MARKER,  /* only the marker: the module's last bytes are the block */
	FAKE_LONG,    /* a length of the whole file and more */
	FAKE_ALL,     /* exactly what is there: one too many */
	FAKE_ID,      /* no PKCS#7 */
	FAKE_PARAMS,  /* fields that must be 0 */
	FAKE_GARBAGE, /* random bytes for PKCS#7 */
	FAKE_NOTHING, /* PKCS#7 of no bytes */
	FAKE_TINY,    /* a file of marker and block alone */
	FAKE_MODULE,  /* all of the module is said to be the signature but a byte */
};

static void fill_block(struct mutation *m, enum fake what, uint8_t *block)
{
	size_t size = m->image->bytes.len;

	block[BLOCK_ID_TYPE] = ID_PKCS7;
	switch (what) {
	case FAKE_LONG:
		put_be32(block + BLOCK_SIG_LEN, size + 1 + rng_below(m->rng, 1 << 30));
		break;
	case FAKE_ALL:
		put_be32(block + BLOCK_SIG_LEN, size);
		break;
	case FAKE_MODULE:
		put_be32(block + BLOCK_SIG_LEN, size - 1);
		break;
	case FAKE_ID:
		block[BLOCK_ID_TYPE] = (uint8_t)(3 + rng_below(m->rng, 200));
		put_be32(block + BLOCK_SIG_LEN, 100);
		break;
	case FAKE_PARAMS:
		block[(int[]){0, 1, 3, 4, 5, 6, 7}[rng_below(m->rng, 7)]] = 1;
		put_be32(block + BLOCK_SIG_LEN, 100);
		break;
	case FAKE_GARBAGE:
		for (int i = 0; i < 200; i++)
			rk_buf_addc(&m->image->bytes, (char)rng_next(m->rng));
		put_be32(block + BLOCK_SIG_LEN, 200);
		break;
	default:
		break;
	}
}

static bool fake(struct mutation *m, uint64_t arg)
{
	uint8_t block[BLOCK_SIZE] = {0};

	if (m->is_signed)
		return false;
	if (arg == FAKE_MARKER) {
		rk_buf_add(&m->image->bytes, marker, MARKER_SIZE);
		return true;
	}
	if (arg == FAKE_TINY)
		rk_buf_truncate(&m->image->bytes, 0);
	fill_block(m, (enum fake)arg, block);
	add_block(m, block);
	return true;
}

static bool fake_tiny_marker(struct mutation *m, uint64_t arg)
{
	rk_buf_truncate(&m->image->bytes, rng_below(m->rng, BLOCK_SIZE + 1));
	rk_buf_add(&m->image->bytes, marker, MARKER_SIZE);
	return true;
}

/* --- A sound signature by a key that the kernel does not know */

enum unknown {
	UNKNOWN_SOUND,
	UNKNOWN_PAYLOAD, /* of a module that was changed: nobody can tell */
	UNKNOWN_DER,     /* a byte of the PKCS#7 */
	UNKNOWN_CUT,     /* its last bytes are gone */
	UNKNOWN_LONGER,  /* bytes behind it */
	UNKNOWN_NO_NEWLINE,
	UNKNOWN_BEHIND, /* a byte behind the marker: not signed */
	UNKNOWN_MARKER, /* a byte of the marker: not signed */
	UNKNOWN_PARAMS,
	UNKNOWN_ID,
	UNKNOWN_LEN,
};

static size_t unknown_der(struct mutation *m, enum unknown what)
{
	struct rk_buf *bytes = &m->image->bytes;
	size_t at = bytes->len;
	size_t size = m->signature->len;

	rk_buf_add(bytes, m->signature->data, size);
	if (what == UNKNOWN_DER)
		bytes->data[at + rng_below(m->rng, size)] ^=
			(char)(1 + rng_below(m->rng, 255));
	if (what == UNKNOWN_CUT)
		rk_buf_truncate(bytes, bytes->len - 1 - rng_below(m->rng, size / 2));
	for (int i = 0; what == UNKNOWN_LONGER && i < 5; i++)
		rk_buf_addc(bytes, 'x');
	return bytes->len - at;
}

static bool unknown(struct mutation *m, uint64_t arg)
{
	struct rk_buf *bytes = &m->image->bytes;
	uint8_t block[BLOCK_SIZE] = {[BLOCK_ID_TYPE] = ID_PKCS7};
	size_t i, size;

	if (m->is_signed || !m->signature)
		return false;
	if (arg == UNKNOWN_PAYLOAD && rule_find_idle(m, &i))
		image_rename_section(m->image, i, ".tampered");
	size = unknown_der(m, (enum unknown)arg);
	if (arg == UNKNOWN_LEN)
		size = rng_odd(m->rng, size);
	if (arg == UNKNOWN_PARAMS)
		block[rng_below(m->rng, 2)] = 1;
	if (arg == UNKNOWN_ID)
		block[BLOCK_ID_TYPE] = (uint8_t)rng_below(m->rng, 2);
	put_be32(block + BLOCK_SIG_LEN, size);
	add_block(m, block);
	if (arg == UNKNOWN_NO_NEWLINE)
		rk_buf_truncate(bytes, bytes->len - 1);
	if (arg == UNKNOWN_BEHIND)
		rk_buf_addc(bytes, '\n');
	if (arg == UNKNOWN_MARKER)
		bytes->data[bytes->len - 1 - rng_below(m->rng, MARKER_SIZE)] ^= 1;
	return true;
}

/* --- A distribution's signature */

enum known {
	KNOWN_PAYLOAD,
	KNOWN_STRIPPED,
	KNOWN_MARKER,
	KNOWN_BLOCK,
	KNOWN_DER,
	KNOWN_TWICE, /* the block once more: the signature is part of the module */
};

static bool known(struct mutation *m, uint64_t arg)
{
	struct rk_buf *bytes = &m->image->bytes;
	size_t end = bytes->len - MARKER_SIZE - BLOCK_SIZE;
	uint8_t block[BLOCK_SIZE];
	size_t i;

	if (!m->is_signed)
		return false;
	switch ((enum known)arg) {
	case KNOWN_PAYLOAD:
		if (!rule_find_idle(m, &i))
			return false;
		image_data(m->image, i)[0] ^= 1;
		break;
	case KNOWN_STRIPPED:
		rk_buf_truncate(bytes, end);
		break;
	case KNOWN_MARKER:
		bytes->data[bytes->len - 1 - rng_below(m->rng, MARKER_SIZE)] ^= 1;
		break;
	case KNOWN_BLOCK:
		bytes->data[end + rng_below(m->rng, BLOCK_SIZE)] ^=
			(char)(1 + rng_below(m->rng, 255));
		break;
	case KNOWN_DER:
		bytes->data[end - 1 - rng_below(m->rng, 250)] ^=
			(char)(1 + rng_below(m->rng, 255));
		break;
	case KNOWN_TWICE:
		memcpy(block, bytes->data + end, BLOCK_SIZE);
		add_block(m, block);
		break;
	}
	return true;
}

static const struct rule rules[] = {
	{"signature-marker", "signature.block", fake, FAKE_MARKER, 1},
	{"signature-long", "signature.block", fake, FAKE_LONG, 1},
	{"signature-all", "signature.block", fake, FAKE_ALL, 1},
	{"signature-module", "signature.pkcs7", fake, FAKE_MODULE, 1},
	{"signature-id", "signature.block", fake, FAKE_ID, 1},
	{"signature-params", "signature.block", fake, FAKE_PARAMS, 1},
	{"signature-garbage", "signature.pkcs7", fake, FAKE_GARBAGE, 1},
	{"signature-nothing", "signature.pkcs7", fake, FAKE_NOTHING, 1},
	{"signature-tiny", "signature.block", fake, FAKE_TINY, 1},
	{"signature-tiny-marker", "signature.block", fake_tiny_marker, 0, 1},
	{"signature-unknown", "signature.key", unknown, UNKNOWN_SOUND, 1},
	{"signature-unknown-payload", "signature.key", unknown, UNKNOWN_PAYLOAD, 1},
	{"signature-unknown-der", "signature.pkcs7", unknown, UNKNOWN_DER, 2},
	{"signature-unknown-cut", "signature.pkcs7", unknown, UNKNOWN_CUT, 1},
	{"signature-unknown-longer", "signature.pkcs7", unknown, UNKNOWN_LONGER, 1},
	{"signature-no-newline", "signature.marker", unknown, UNKNOWN_NO_NEWLINE, 1},
	{"signature-behind", "signature.marker", unknown, UNKNOWN_BEHIND, 1},
	{"signature-broken-marker", "signature.marker", unknown, UNKNOWN_MARKER, 1},
	{"signature-unknown-params", "signature.block", unknown, UNKNOWN_PARAMS, 1},
	{"signature-unknown-id", "signature.block", unknown, UNKNOWN_ID, 1},
	{"signature-unknown-len", "signature.block", unknown, UNKNOWN_LEN, 1},
	{"signature-known-payload", "signature.digest", known, KNOWN_PAYLOAD, 1},
	{"signature-known-stripped", "signature.marker", known, KNOWN_STRIPPED, 1},
	{"signature-known-marker", "signature.marker", known, KNOWN_MARKER, 1},
	{"signature-known-block", "signature.block", known, KNOWN_BLOCK, 1},
	{"signature-known-der", "signature.pkcs7", known, KNOWN_DER, 1},
	{"signature-known-twice", "signature.digest", known, KNOWN_TWICE, 1},
};

const struct rule_table rules_signature = {rules, RK_ARRAY_LEN(rules)};
