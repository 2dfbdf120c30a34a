// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Modules as .gz and .zst. Both are written here, uncompressed (both have blocks for
 * that), so that any field can be damaged. A kernel that decompresses another kind gets
 * what kmod unpacks.
 */
#include <string.h>

#include "tests/vm/oracle/rules.h"

enum kind {
	KIND_GZIP,
	KIND_ZSTD,
};

static void add_le(struct rk_buf *to, uint64_t value, int n_bytes)
{
	for (int i = 0; i < n_bytes; i++)
		rk_buf_addc(to, (char)(value >> (8 * i)));
}

/* RFC 1952. */
enum {
	GZIP_EXTRA = 4,
	GZIP_NAME = 8,
	GZIP_COMMENT = 16,
	GZIP_HEADER_SIZE = 10,
	GZIP_TRAILER_SIZE = 8,
	GZIP_BLOCK_SIZE = 65535,
};

static uint32_t crc32(const struct rk_buf *from)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < from->len; i++) {
		crc ^= (uint8_t)from->data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void gzip(struct rk_buf *to, int flags, const struct rk_buf *from)
{
	rk_buf_add(to, "\x1f\x8b\x08", 3);
	rk_buf_addc(to, (char)flags);
	rk_buf_add(to, "\0\0\0\0\0\3", 6); /* no time, Unix */
	if (flags & GZIP_EXTRA)
		rk_buf_add(to, "\4\0RK\0\0", 6);
	if (flags & GZIP_NAME)
		rk_buf_add(to, "module.ko", sizeof("module.ko"));
	if (flags & GZIP_COMMENT)
		rk_buf_add(to, "comment", sizeof("comment"));
	for (size_t at = 0; at < from->len; at += GZIP_BLOCK_SIZE) {
		size_t left = from->len - at;
		size_t n = left < GZIP_BLOCK_SIZE ? left : GZIP_BLOCK_SIZE;

		rk_buf_addc(to, n == left); /* the last one is marked */
		add_le(to, n, 2);
		add_le(to, ~n, 2);
		rk_buf_add(to, from->data + at, n);
	}
	add_le(to, crc32(from), 4);
	add_le(to, from->len, 4);
}

/* RFC 8878. */
enum {
	ZSTD_CHECKSUM = 4,
	ZSTD_RESERVED = 8,
	ZSTD_SINGLE_SEGMENT = 0x20,
	ZSTD_SIZE_IN_4 = 0x80,
	ZSTD_HEADER_SIZE = 9,
	ZSTD_BLOCK_SIZE = 128 << 10,
};

/* A checksum is never right. */
static void zstd(struct rk_buf *to, int flags, const struct rk_buf *from)
{
	add_le(to, 0xfd2fb528, 4);
	rk_buf_addc(to, (char)(flags | ZSTD_SINGLE_SEGMENT | ZSTD_SIZE_IN_4));
	add_le(to, from->len, 4);
	for (size_t at = 0; at < from->len; at += ZSTD_BLOCK_SIZE) {
		size_t left = from->len - at;
		size_t n = left < ZSTD_BLOCK_SIZE ? left : ZSTD_BLOCK_SIZE;

		add_le(to, n << 3 | (n == left), 3); /* raw, and whether the last */
		rk_buf_add(to, from->data + at, n);
	}
	if (flags & ZSTD_CHECKSUM)
		add_le(to, 0, 4);
}

static void pack(struct mutation *m, enum kind kind, int flags)
{
	cleanup_buf struct rk_buf packed = RK_BUF_INIT;

	if (kind == KIND_GZIP)
		gzip(&packed, flags, &m->image->bytes);
	else
		zstd(&packed, flags, &m->image->bytes);
	rk_buf_truncate(&m->image->bytes, 0);
	rk_buf_add(&m->image->bytes, packed.data, packed.len);
}

static bool gzip_flags(struct mutation *m, uint64_t arg)
{
	pack(m, KIND_GZIP, (int)arg);
	return true;
}

static bool zstd_flags(struct mutation *m, uint64_t arg)
{
	pack(m, KIND_ZSTD, (int)arg);
	return true;
}

enum damage {
	DAMAGE_ELF, /* sound, around a module that is not */
	DAMAGE_CUT,
	DAMAGE_MAGIC,
	DAMAGE_SECOND,   /* the same once more: the ELF loader does not mind */
	DAMAGE_BLOCK,    /* the header of the first block */
	DAMAGE_CHECKSUM, /* gzip's */
	DAMAGE_SIZE,     /* as header or trailer tells it */
};

static void flip(struct mutation *m, size_t at)
{
	m->image->bytes.data[at] ^= (char)(1 + rng_below(m->rng, 255));
}

static bool damage(struct mutation *m, enum kind kind, enum damage what)
{
	size_t header = kind == KIND_GZIP ? GZIP_HEADER_SIZE : ZSTD_HEADER_SIZE;
	struct rk_buf *bytes = &m->image->bytes;

	if (what == DAMAGE_ELF)
		image_ehdr(m->image)->e_type = ET_EXEC;
	pack(m, kind, 0);
	switch (what) {
	case DAMAGE_ELF:
		return true;
	case DAMAGE_CUT:
		rk_buf_truncate(bytes, header + rng_below(m->rng, bytes->len - header));
		return true;
	case DAMAGE_MAGIC:
		flip(m, rng_below(m->rng, 2));
		return true;
	case DAMAGE_SECOND: {
		cleanup_buf struct rk_buf again = RK_BUF_INIT;

		rk_buf_add(&again, bytes->data, bytes->len);
		rk_buf_add(bytes, again.data, again.len);
		return true;
	}
	case DAMAGE_BLOCK:
		/* gzip: a stored block's size stands there twice */
		flip(m, header + (kind == KIND_GZIP ? 1 + rng_below(m->rng, 4) : 2));
		return true;
	case DAMAGE_CHECKSUM:
		flip(m, bytes->len - GZIP_TRAILER_SIZE + rng_below(m->rng, 4));
		return true;
	case DAMAGE_SIZE:
		flip(m, kind == KIND_GZIP ? bytes->len - 4 + rng_below(m->rng, 4)
					  : 5 + rng_below(m->rng, 4));
		return true;
	}
	return false;
}

static bool damage_gzip(struct mutation *m, uint64_t arg)
{
	return damage(m, KIND_GZIP, (enum damage)arg);
}

static bool damage_zstd(struct mutation *m, uint64_t arg)
{
	return damage(m, KIND_ZSTD, (enum damage)arg);
}

static const struct rule rules[] = {
	{"gz-plain", "compress.gzip", gzip_flags, 0, 1},
	{"gz-name", "compress.gzip", gzip_flags, GZIP_NAME, 1},
	{"gz-extra", "compress.gzip", gzip_flags, GZIP_EXTRA | GZIP_COMMENT, 1},
	{"gz-bad-elf", "compress.gzip", damage_gzip, DAMAGE_ELF, 1},
	{"gz-cut", "compress.gzip", damage_gzip, DAMAGE_CUT, 1},
	{"gz-magic", "compress.magic", damage_gzip, DAMAGE_MAGIC, 1},
	{"gz-second", "compress.gzip", damage_gzip, DAMAGE_SECOND, 1},
	{"gz-block", "compress.gzip", damage_gzip, DAMAGE_BLOCK, 1},
	{"gz-checksum", "compress.gzip", damage_gzip, DAMAGE_CHECKSUM, 1},
	{"gz-size", "compress.gzip", damage_gzip, DAMAGE_SIZE, 1},
	{"zst-plain", "compress.zstd", zstd_flags, 0, 1},
	{"zst-checksum", "compress.zstd", zstd_flags, ZSTD_CHECKSUM, 1},
	{"zst-reserved", "compress.zstd", zstd_flags, ZSTD_RESERVED, 1},
	{"zst-bad-elf", "compress.zstd", damage_zstd, DAMAGE_ELF, 1},
	{"zst-cut", "compress.zstd", damage_zstd, DAMAGE_CUT, 1},
	{"zst-magic", "compress.magic", damage_zstd, DAMAGE_MAGIC, 1},
	{"zst-second", "compress.zstd", damage_zstd, DAMAGE_SECOND, 1},
	{"zst-block", "compress.zstd", damage_zstd, DAMAGE_BLOCK, 1},
	{"zst-size", "compress.zstd", damage_zstd, DAMAGE_SIZE, 1},
};

const struct rule_table rules_unpack = {rules, RK_ARRAY_LEN(rules)};
