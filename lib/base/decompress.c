/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/archive.h"
#include "lib/base/libarchive.h"

static const struct {
	const char *name;
	int filter; /* libarchive's */
	size_t magic_len;
	const char *magic;
} compressions[] = {
	[RK_COMPRESSION_NONE] = {"none", ARCHIVE_FILTER_NONE, 0, ""},
	[RK_COMPRESSION_GZIP] = {"gzip", ARCHIVE_FILTER_GZIP, 2, "\x1f\x8b"},
	[RK_COMPRESSION_XZ] = {"xz", ARCHIVE_FILTER_XZ, 6, "\xfd\x37zXZ\0"},
	[RK_COMPRESSION_ZSTD] = {"zstd", ARCHIVE_FILTER_ZSTD, 4, "\x28\xb5\x2f\xfd"},
};

enum rk_compression rk_compression_of(const void *data, size_t size)
{
	for (size_t i = 1; i < RK_ARRAY_LEN(compressions); i++)
		if (size >= compressions[i].magic_len &&
		    memcmp(data, compressions[i].magic, compressions[i].magic_len) == 0)
			return (enum rk_compression)i;
	return RK_COMPRESSION_NONE;
}

const char *rk_compression_name(enum rk_compression compression)
{
	return compressions[compression].name;
}

/*
 * Exactly one filter is set: when libarchive chooses them itself, it goes on as long as
 * one fits, and plain bytes that look compressed would be unpacked once more.
 */
static int open_one_filter(const struct rk_libarchive *lib, struct archive *archive,
			   const void *data, size_t size)
{
	enum rk_compression compression = rk_compression_of(data, size);
	int r = lib->archive_read_support_format_raw(archive);

	if (r == ARCHIVE_OK)
		r = lib->archive_read_support_format_empty(archive);
	if (r == ARCHIVE_OK)
		r = lib->archive_read_append_filter(archive,
						    compressions[compression].filter);
	if (r == ARCHIVE_OK)
		r = lib->archive_read_open_memory(archive, data, size);
	/* What fails in its first block is taken for empty; only the message tells. */
	return lib->archive_error_string(archive) ? ARCHIVE_FATAL : r;
}

static int read_all(const struct rk_libarchive *lib, struct archive *archive,
		    size_t limit, struct rk_buf *buf, struct rk_error *err)
{
	const size_t before = buf->len;
	const void *block;
	size_t len;
	la_int64_t offset;
	int r;

	while ((r = lib->archive_read_data_block(archive, &block, &len, &offset)) ==
	       ARCHIVE_OK) {
		if (len > limit - (buf->len - before))
			return rk_error_set(err, RK_EFORMAT,
					    "unpacks to more than %zu bytes", limit);
		rk_buf_add(buf, block, len);
		if (rk_buf_check(buf, err) < 0)
			return -(int)err->code;
	}
	if (r != ARCHIVE_EOF)
		return rk_error_set(err, RK_EFORMAT, "damaged compressed data: %s",
				    rk_libarchive_why(lib, archive));
	return 0;
}

static int read_stream(const struct rk_libarchive *lib, struct archive *archive,
		       size_t limit, struct rk_buf *buf, struct rk_error *err)
{
	struct archive_entry *entry;
	int r = lib->archive_read_next_header(archive, &entry);

	if (r == ARCHIVE_EOF) /* what was packed is empty */
		return 0;
	if (r != ARCHIVE_OK)
		return rk_error_set(err, RK_EFORMAT, "damaged compressed data: %s",
				    rk_libarchive_why(lib, archive));
	return read_all(lib, archive, limit, buf, err);
}

static int decompress(const struct rk_libarchive *lib, const void *data, size_t size,
		      size_t limit, struct rk_buf *buf, struct rk_error *err)
{
	struct archive *archive = lib->archive_read_new();
	int r;

	if (!archive)
		return rk_error_nomem(err);
	if (open_one_filter(lib, archive, data, size) != ARCHIVE_OK)
		r = rk_error_set(err, RK_EFORMAT, "damaged compressed data: %s",
				 rk_libarchive_why(lib, archive));
	else
		r = read_stream(lib, archive, limit, buf, err);
	lib->archive_read_free(archive);
	return r;
}

int rk_decompress(const void *data, size_t size, size_t limit, struct rk_buf *ret,
		  struct rk_error *err)
{
	const struct rk_libarchive *lib;

	if (rk_compression_of(data, size) == RK_COMPRESSION_NONE) {
		if (size > limit)
			return rk_error_set(err, RK_EFORMAT, "longer than %zu bytes",
					    limit);
		rk_buf_add(ret, data, size);
		return rk_buf_check(ret, err);
	}
	if (rk_libarchive(&lib, err) < 0)
		return -(int)err->code;
	return decompress(lib, data, size, limit, ret, err);
}
