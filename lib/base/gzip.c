/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "lib/base/gzip.h"
#include "lib/base/library.h"

#define FUNCTIONS(X) X(crc32) X(inflate) X(inflateEnd) X(inflateInit2_) X(zlibVersion)

static struct {
	FUNCTIONS(RK_LIBRARY_POINTER)
} lib;

#define SYMBOL(fn) RK_LIBRARY_SYMBOL(lib, fn),
static const struct rk_library_symbol symbols[] = {FUNCTIONS(SYMBOL)};

static const struct rk_library library = {
	.soname = "libz.so.1",
	.package = "zlib1g",
	.symbols = symbols,
	.n_symbols = RK_ARRAY_LEN(symbols),
};

/* RFC 1952. */
enum {
	HEADER_SIZE = 10,
	TRAILER_SIZE = 8,
	FLAG_HEADER_CRC = 2,
	FLAG_EXTRA = 4,
	FLAG_NAME = 8,
	FLAG_COMMENT = 16,
	FLAGS_UNKNOWN = 0xe0,
};

enum {
	INPUT_LIMIT = 1 << 30, /* of a call of zlib */
	LEAST = 65536,
};

struct reader {
	const uint8_t *data;
	size_t size;
	size_t at;
};

static bool skip(struct reader *reader, size_t size)
{
	if (size > reader->size - reader->at)
		return false;
	reader->at += size;
	return true;
}

static bool skip_text(struct reader *reader)
{
	size_t left = reader->size - reader->at;
	const uint8_t *start = reader->data + reader->at;
	const uint8_t *end = left ? memchr(start, 0, left) : NULL;

	return end && skip(reader, (size_t)(end - start) + 1);
}

static bool skip_extra(struct reader *reader)
{
	const uint8_t *len = reader->data + reader->at;

	return skip(reader, 2) && skip(reader, len[0] | (size_t)len[1] << 8);
}

/* RK_GZIP_WHOLE: as the kernel knows it. */
static enum rk_gzip_end read_header(struct reader *reader)
{
	const uint8_t *header = reader->data + reader->at;
	int flags;

	if (!skip(reader, HEADER_SIZE))
		return RK_GZIP_CUT;
	flags = header[3];
	if (header[2] != Z_DEFLATED || flags & FLAGS_UNKNOWN)
		return RK_GZIP_DAMAGED;
	if ((flags & FLAG_EXTRA && !skip_extra(reader)) ||
	    (flags & FLAG_NAME && !skip_text(reader)) ||
	    (flags & FLAG_COMMENT && !skip_text(reader)) ||
	    (flags & FLAG_HEADER_CRC && !skip(reader, 2)))
		return RK_GZIP_CUT;
	return flags & (FLAG_EXTRA | FLAG_COMMENT | FLAG_HEADER_CRC) ? RK_GZIP_OPTIONS
								     : RK_GZIP_WHOLE;
}

/* Return: zlib's last word; Z_BUF_ERROR where the bytes ended. */
static int inflate_all(z_stream *stream, size_t limit, struct rk_buf *ret)
{
	int code = Z_OK;

	while (code == Z_OK) {
		if (ret->cap - ret->len < 2)
			rk_buf_reserve(ret, ret->len < LEAST ? LEAST : ret->len);
		if (ret->failed)
			return Z_MEM_ERROR;
		stream->next_out = (uint8_t *)ret->data + ret->len;
		stream->avail_out = (uInt)(ret->cap - ret->len - 1 < INPUT_LIMIT
						   ? ret->cap - ret->len - 1
						   : INPUT_LIMIT);
		code = lib.inflate(stream, Z_NO_FLUSH);
		ret->len = (size_t)(stream->next_out - (uint8_t *)ret->data);
		ret->data[ret->len] = '\0';
		if (ret->len > limit)
			return Z_VERSION_ERROR;
	}
	return code;
}

static int inflate_member(struct reader *reader, size_t limit, struct rk_buf *ret)
{
	size_t left = reader->size - reader->at;
	z_stream stream = {
		.next_in = (uint8_t *)reader->data + reader->at,
		.avail_in = (uInt)(left < INPUT_LIMIT ? left : INPUT_LIMIT),
	};
	int code = lib.inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, sizeof(stream));

	if (code != Z_OK)
		return Z_MEM_ERROR;
	code = inflate_all(&stream, limit, ret);
	reader->at = (size_t)(stream.next_in - reader->data);
	lib.inflateEnd(&stream);
	return code;
}

static uint32_t get_u32(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

/* A trailer that is cut off is not missed. */
static bool check_trailer(struct reader *reader, const char *plain, size_t size)
{
	const uint8_t *trailer = reader->data + reader->at;
	uLong crc = 0;

	if (!skip(reader, TRAILER_SIZE)) {
		reader->at = reader->size;
		return true;
	}
	for (size_t at = 0; at < size; at += INPUT_LIMIT)
		crc = lib.crc32(
			crc, (const uint8_t *)plain + at,
			(uInt)(size - at < INPUT_LIMIT ? size - at : INPUT_LIMIT));
	return get_u32(trailer) == crc && get_u32(trailer + 4) == (uint32_t)size;
}

static int unpack_member(struct reader *reader, size_t limit, struct rk_buf *ret,
			 enum rk_gzip_end *ret_end, struct rk_error *err)
{
	const size_t start = ret->len;

	*ret_end = read_header(reader);
	if (*ret_end != RK_GZIP_WHOLE && *ret_end != RK_GZIP_OPTIONS)
		return 0;
	switch (inflate_member(reader, limit, ret)) {
	case Z_STREAM_END:
		if (!check_trailer(reader, ret->data + start, ret->len - start))
			*ret_end = RK_GZIP_CHECK;
		return 0;
	case Z_BUF_ERROR:
		*ret_end = RK_GZIP_CUT;
		return 0;
	case Z_MEM_ERROR:
		return rk_error_nomem(err);
	case Z_VERSION_ERROR:
		return rk_error_set(err, RK_EFORMAT, "unpacks to more than %zu bytes",
				    limit);
	default:
		*ret_end = RK_GZIP_DAMAGED;
		return 0;
	}
}

static bool has_member(const struct reader *reader)
{
	return reader->size - reader->at >= 2 && reader->data[reader->at] == 0x1f &&
	       reader->data[reader->at + 1] == 0x8b;
}

int rk_gzip_unpack(const void *data, size_t size, size_t limit, struct rk_buf *ret,
		   enum rk_gzip_end *ret_end, struct rk_error *err)
{
	struct reader reader = {data, size, 0};
	enum rk_gzip_end end;

	if (rk_library_open(&library, err) < 0 ||
	    unpack_member(&reader, limit, ret, ret_end, err) < 0)
		return -(int)err->code;
	while ((*ret_end == RK_GZIP_WHOLE || *ret_end == RK_GZIP_OPTIONS) &&
	       has_member(&reader)) {
		if (unpack_member(&reader, limit, ret, &end, err) < 0)
			return -(int)err->code;
		if (end == RK_GZIP_DAMAGED || end == RK_GZIP_CHECK)
			*ret_end = RK_GZIP_CHECK;
	}
	return rk_buf_check(ret, err);
}

int rk_zlib_version(struct rk_buf *ret, struct rk_error *err)
{
	if (rk_library_open(&library, err) < 0)
		return -(int)err->code;
	rk_buf_adds(ret, lib.zlibVersion());
	return rk_buf_check(ret, err);
}
