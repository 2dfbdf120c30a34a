/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/kernel/btf.h"

/* include/uapi/linux/btf.h; only little-endian, as all kernels that rkmod builds for. */
enum {
	BTF_MAGIC = 0xeb9f,
	HEADER_SIZE = 24,        /* without the layout section */
	LAYOUT_HEADER_SIZE = 32, /* since 7.1 with it */
	TYPE_SIZE = 12,
	LAYOUT_SIZE = 4,
	KIND_STRUCT = 4,
	N_KINDS = 20,
};

struct range {
	size_t start; /* offset in the whole */
	size_t size;
};

struct btf {
	const unsigned char *data;
	size_t size;
	struct range types;
	struct range strings;
	struct range layout; /* size 0: none */
};

/* Bytes after a type: a fixed part, and a part per element. */
struct kind_layout {
	unsigned char fixed;
	unsigned char per_element;
};

static const struct kind_layout kinds[N_KINDS] = {
	[1] = {4, 0},   /* INT */
	[3] = {12, 0},  /* ARRAY */
	[4] = {0, 12},  /* STRUCT */
	[5] = {0, 12},  /* UNION */
	[6] = {0, 8},   /* ENUM */
	[13] = {0, 8},  /* FUNC_PROTO */
	[14] = {4, 0},  /* VAR */
	[15] = {0, 12}, /* DATASEC */
	[17] = {4, 0},  /* DECL_TAG */
	[19] = {0, 12}, /* ENUM64 */
};

/* The caller has checked that four bytes are there. */
static uint32_t get32(const struct btf *btf, size_t offset)
{
	const unsigned char *p = btf->data + offset;

	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* A section named in the header, by offset and size at @field. */
static int read_range(const struct btf *btf, size_t header_size, size_t field,
		      struct range *ret, struct rk_error *err)
{
	size_t start = header_size + get32(btf, field);
	size_t size = get32(btf, field + 4);

	if (start > btf->size || size > btf->size - start)
		return rk_error_set(err, RK_EFORMAT,
				    "BTF header: section at byte %zu of %zu bytes lies "
				    "outside of %zu bytes",
				    start, size, btf->size);
	*ret = (struct range){.start = start, .size = size};
	return 0;
}

static int read_header(struct btf *btf, struct rk_error *err)
{
	size_t header_size;

	if (btf->size < HEADER_SIZE)
		return rk_error_set(err, RK_EFORMAT, "BTF of %zu bytes has no header",
				    btf->size);
	if ((btf->data[0] | btf->data[1] << 8) != BTF_MAGIC || btf->data[2] != 1)
		return rk_error_set(err, RK_EFORMAT,
				    "no little-endian BTF of version 1 at byte 0");
	header_size = get32(btf, 4);
	if (header_size < HEADER_SIZE || header_size > btf->size)
		return rk_error_set(err, RK_EFORMAT, "BTF header of %zu bytes",
				    header_size);
	if (read_range(btf, header_size, 8, &btf->types, err) < 0 ||
	    read_range(btf, header_size, 16, &btf->strings, err) < 0)
		return -(int)err->code;
	if (header_size >= LAYOUT_HEADER_SIZE)
		return read_range(btf, header_size, 24, &btf->layout, err);
	return 0;
}

/* A kind of a later kernel can be stepped over if the layout section has it. */
static bool layout_of(const struct btf *btf, uint32_t kind, struct kind_layout *ret)
{
	const unsigned char *layout;

	if (kind > 0 && kind < N_KINDS) {
		*ret = kinds[kind];
		return true;
	}
	if (kind == 0 || (kind + 1) * (size_t)LAYOUT_SIZE > btf->layout.size)
		return false;
	layout = btf->data + btf->layout.start + kind * (size_t)LAYOUT_SIZE;
	*ret = (struct kind_layout){.fixed = layout[0], .per_element = layout[1]};
	return true;
}

static bool name_is(const struct btf *btf, uint32_t offset, const char *name, size_t len)
{
	if (offset >= btf->strings.size || btf->strings.size - offset <= len)
		return false;
	return memcmp(btf->data + btf->strings.start + offset, name, len + 1) == 0;
}

int rk_btf_struct_size(const void *data, size_t size, const char *name, uint32_t *ret,
		       struct rk_error *err)
{
	struct btf btf = {.data = data, .size = size};
	size_t name_len = strlen(name);
	size_t at;
	size_t end;

	if (read_header(&btf, err) < 0)
		return -(int)err->code;
	at = btf.types.start;
	for (end = at + btf.types.size; end - at >= TYPE_SIZE;) {
		uint32_t info = get32(&btf, at + 4);
		uint32_t kind = info >> 24 & 0x7f;
		struct kind_layout layout;
		size_t step;

		if (!layout_of(&btf, kind, &layout))
			return rk_error_set(err, RK_EFORMAT,
					    "BTF type of unknown kind %u at byte %zu",
					    kind, at);
		if (kind == KIND_STRUCT &&
		    name_is(&btf, get32(&btf, at), name, name_len)) {
			*ret = get32(&btf, at + 8);
			return 0;
		}
		step = TYPE_SIZE + layout.fixed +
		       (size_t)layout.per_element * (info & 0xffffff);
		if (step > end - at)
			return rk_error_set(err, RK_EFORMAT,
					    "BTF type at byte %zu does not end", at);
		at += step;
	}
	if (at != end)
		return rk_error_set(err, RK_EFORMAT, "BTF type at byte %zu does not end",
				    at);
	return rk_error_set(err, RK_ENOTFOUND, "BTF has no struct '%s'", name);
}
