/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>
#include <string.h>

#include "lib/metadata/metadata.h"

/*
 * rustc_metadata, METADATA_HEADER: "rust", three zero bytes, a version byte; then where
 * the root is (big-endian u32, since rustc 1.7x little-endian u64); then the text that
 * rustc compares, as a LEB128 length, the bytes, and a sentinel that no text has.
 */
enum {
	HEADER_SIZE = 8,
	SENTINEL = 0xc1,
	MAX_TEXT = 255, /* real ones have about 70 bytes */
};

static const char magic[] = {'r', 'u', 's', 't', 0, 0, 0};

/* At most two bytes: longer lengths are refused anyway. */
static bool read_length(const unsigned char *data, size_t size, size_t *offset,
			size_t *ret)
{
	size_t at = *offset;

	if (at >= size)
		return false;
	*ret = data[at] & 0x7f;
	if (data[at++] & 0x80) {
		if (at >= size || data[at] & 0x80)
			return false;
		*ret |= (size_t)data[at++] << 7;
	}
	*offset = at;
	return true;
}

static bool is_text(const unsigned char *text, size_t len)
{
	static const char prefix[] = "rustc ";

	if (len < sizeof(prefix) || memcmp(text, prefix, sizeof(prefix) - 1) != 0)
		return false;
	for (size_t i = 0; i < len; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			return false;
	return true;
}

/* The text behind a root position of @root_size bytes, NULL if there is none. */
static const unsigned char *find_text(const unsigned char *data, size_t size,
				      size_t root_size, size_t *ret_len)
{
	size_t offset = HEADER_SIZE + root_size;
	size_t len;

	if (!read_length(data, size, &offset, &len) || len > MAX_TEXT ||
	    size - offset <= len)
		return NULL;
	if (data[offset + len] != SENTINEL || !is_text(data + offset, len))
		return NULL;
	*ret_len = len;
	return data + offset;
}

int rk_rmeta_version(const void *data, size_t size, char **ret, struct rk_error *err)
{
	const unsigned char *text;
	size_t len = 0;

	if (size < HEADER_SIZE || memcmp(data, magic, sizeof(magic)) != 0)
		return rk_error_set(err, RK_EFORMAT, "no Rust metadata: bad magic");
	text = find_text(data, size, sizeof(uint64_t), &len);
	if (!text)
		text = find_text(data, size, sizeof(uint32_t), &len);
	if (!text)
		return rk_error_set(
			err, RK_EFORMAT,
			"Rust metadata of format %u without a compiler's version text",
			((const unsigned char *)data)[HEADER_SIZE - 1]);
	return rk_format(ret, err, "%.*s", (int)len, (const char *)text);
}
