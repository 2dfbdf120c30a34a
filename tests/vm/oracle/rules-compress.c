// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Modules as .xz, for a kernel that decompresses them itself. The stream is written here,
 * uncompressed (LZMA2 has chunks for that), so that any field of it can be damaged.
 */
#include <string.h>

#include "tests/vm/oracle/rules.h"

enum {
	CHECK_NONE = 0,
	CHECK_CRC32 = 1,
	CHECK_CRC64 = 4,
	CHECK_SHA256 = 10,
	CHUNK_SIZE = 65536,
	HEADER_SIZE = 12, /* of the stream */
};

static uint32_t crc32(const void *data, size_t size)
{
	const uint8_t *at = data;
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < size; i++) {
		crc ^= at[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static uint64_t crc64(const void *data, size_t size)
{
	const uint8_t *at = data;
	uint64_t crc = UINT64_MAX;

	for (size_t i = 0; i < size; i++) {
		crc ^= at[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (crc & 1 ? 0xc96c5795d7870f42 : 0);
	}
	return ~crc;
}

static void add_le(struct rk_buf *to, uint64_t value, int n_bytes)
{
	for (int i = 0; i < n_bytes; i++)
		rk_buf_addc(to, (char)(value >> (8 * i)));
}

static void add_vli(struct rk_buf *to, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		rk_buf_addc(to, (char)(value | 0x80));
	rk_buf_addc(to, (char)value);
}

static void add_crc_of(struct rk_buf *to, size_t from)
{
	add_le(to, crc32(to->data + from, to->len - from), 4);
}

static void add_padding(struct rk_buf *to, size_t from)
{
	while ((to->len - from) % 4)
		rk_buf_addc(to, 0);
}

static void add_chunks(struct rk_buf *to, const char *data, size_t size)
{
	for (size_t at = 0; at < size; at += CHUNK_SIZE) {
		size_t n = size - at < CHUNK_SIZE ? size - at : CHUNK_SIZE;

		rk_buf_addc(to, at ? 2 : 1); /* the first one resets the dictionary */
		rk_buf_addc(to, (char)((n - 1) >> 8));
		rk_buf_addc(to, (char)(n - 1));
		rk_buf_add(to, data + at, n);
	}
	rk_buf_addc(to, 0);
}

static size_t check_size(int check)
{
	switch (check) {
	case CHECK_CRC32:
		return 4;
	case CHECK_CRC64:
		return 8;
	case CHECK_SHA256:
		return 32;
	default:
		return 0;
	}
}

/* The SHA-256 is never right: the kernel stops at the check's type. */
static void add_check(struct rk_buf *to, int check, const struct rk_buf *from)
{
	static const uint8_t zeros[32];

	if (check == CHECK_CRC32)
		add_le(to, crc32(from->data, from->len), 4);
	else if (check == CHECK_CRC64)
		add_le(to, crc64(from->data, from->len), 8);
	else
		rk_buf_add(to, zeros, check_size(check));
}

/* Return: the block's size without its padding, as the index wants it. */
static size_t add_block(struct rk_buf *to, int check, const struct rk_buf *from)
{
	size_t start = to->len;
	size_t unpadded;

	/* header: 12 bytes, one filter: LZMA2 with a dictionary of 8 MiB */
	rk_buf_add(to, "\x02\x00\x21\x01\x16\x00\x00\x00", 8);
	add_crc_of(to, start);
	add_chunks(to, from->data, from->len);
	unpadded = to->len - start + check_size(check);
	add_padding(to, start);
	add_check(to, check, from);
	return unpadded;
}

/* The CRC of the footer stands before what it covers. */
static void add_footer(struct rk_buf *to, int check, size_t index_size)
{
	cleanup_buf struct rk_buf fields = RK_BUF_INIT;

	add_le(&fields, index_size / 4 - 1, 4);
	rk_buf_addc(&fields, 0);
	rk_buf_addc(&fields, (char)check);
	add_le(to, crc32(fields.data, fields.len), 4);
	rk_buf_add(to, fields.data, fields.len);
	rk_buf_add(to, "YZ", 2);
}

static void xz(struct rk_buf *to, int check, const struct rk_buf *from)
{
	static const char magic[] = {'\xfd', '7', 'z', 'X', 'Z', 0, 0};
	size_t index, unpadded;

	rk_buf_add(to, magic, sizeof(magic));
	rk_buf_addc(to, (char)check);
	add_crc_of(to, 6);
	unpadded = add_block(to, check, from);
	index = to->len;
	rk_buf_add(to, "\0\1", 2);
	add_vli(to, unpadded);
	add_vli(to, from->len);
	add_padding(to, index);
	add_crc_of(to, index);
	add_footer(to, check, to->len - index);
}

static void pack(struct mutation *m, int check)
{
	cleanup_buf struct rk_buf packed = RK_BUF_INIT;

	xz(&packed, check, &m->image->bytes);
	rk_buf_truncate(&m->image->bytes, 0);
	rk_buf_add(&m->image->bytes, packed.data, packed.len);
}

static bool check(struct mutation *m, uint64_t arg)
{
	pack(m, (int)arg);
	return true;
}

enum damage {
	DAMAGE_CUT,
	DAMAGE_BYTE,   /* of what was packed: the check finds it */
	DAMAGE_HEADER, /* stream or block header */
	DAMAGE_BEHIND,
	DAMAGE_MAGIC,
	DAMAGE_INDEX,
	DAMAGE_FOOTER,
	DAMAGE_EMPTY, /* of an empty file */
	DAMAGE_ELF,   /* sound, around a module that is not */
};

static bool damage(struct mutation *m, uint64_t arg)
{
	struct rk_buf *bytes = &m->image->bytes;
	size_t at = 0;

	if (arg == DAMAGE_EMPTY)
		rk_buf_truncate(bytes, 0);
	if (arg == DAMAGE_ELF)
		image_ehdr(m->image)->e_type = ET_EXEC;
	pack(m, CHECK_CRC32);
	switch ((enum damage)arg) {
	case DAMAGE_CUT:
		rk_buf_truncate(bytes, HEADER_SIZE + rng_below(m->rng, bytes->len - 40));
		return true;
	case DAMAGE_BEHIND:
		rk_buf_adds(bytes, "behind");
		return true;
	case DAMAGE_EMPTY:
	case DAMAGE_ELF:
		return true;
	case DAMAGE_MAGIC:
		at = rng_below(m->rng, 6);
		break;
	case DAMAGE_HEADER:
		at = 6 + rng_below(m->rng, 18);
		break;
	case DAMAGE_BYTE:
		at = 40 + rng_below(m->rng, bytes->len - 100);
		break;
	case DAMAGE_INDEX:
		at = bytes->len - 13 - rng_below(m->rng, 12);
		break;
	case DAMAGE_FOOTER:
		at = bytes->len - 1 - rng_below(m->rng, 12);
		break;
	}
	bytes->data[at] ^= (char)(1 + rng_below(m->rng, 255));
	return true;
}

static const struct rule rules[] = {
	{"xz-none", "compress.check", check, CHECK_NONE, 1},
	{"xz-crc32", "compress.check", check, CHECK_CRC32, 1},
	{"xz-crc64", "compress.check", check, CHECK_CRC64, 1},
	{"xz-sha256", "compress.check", check, CHECK_SHA256, 1},
	{"xz-cut", "compress.damage", damage, DAMAGE_CUT, 1},
	{"xz-byte", "compress.damage", damage, DAMAGE_BYTE, 2},
	{"xz-header", "compress.damage", damage, DAMAGE_HEADER, 2},
	{"xz-behind", "compress.damage", damage, DAMAGE_BEHIND, 1},
	{"xz-magic", "compress.magic", damage, DAMAGE_MAGIC, 1},
	{"xz-index", "compress.damage", damage, DAMAGE_INDEX, 1},
	{"xz-footer", "compress.damage", damage, DAMAGE_FOOTER, 1},
	{"xz-empty", "compress.damage", damage, DAMAGE_EMPTY, 1},
	{"xz-bad-elf", "compress.check", damage, DAMAGE_ELF, 1},
};

const struct rule_table rules_compress = {rules, RK_ARRAY_LEN(rules)};
