/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel/bpf/btf.c: btf_parse_hdr(), btf_parse_str_sec(), btf_check_all_metas(). */
#include <errno.h>
#include <string.h>

#include "lib/verdict/btf-type.h"

enum {
	MAGIC = 0xeb9f,
	VERSION = 1,
	HEADER_SIZE = 24,
	HEADER_SIZE_LAYOUT = 32,
	TYPE_SIZE = 12,
};

struct header {
	uint16_t magic;
	uint8_t version;
	uint8_t flags;
	uint32_t size;
	uint32_t type_off, type_len;
	uint32_t str_off, str_len;
	uint32_t layout_off, layout_len;
};

static bool fail(struct rk_btf_problem *ret, int sys_errno, const char *text)
{
	ret->sys_errno = sys_errno;
	ret->text = text;
	return false;
}

/* ---- the header ---- */

static bool check_unknown_fields(struct rk_bytes data, size_t known, size_t size,
				 struct rk_btf_problem *ret)
{
	for (size_t i = known; i < size; i++)
		if (data.data[i])
			return fail(ret, E2BIG, "Unsupported btf_header");
	return true;
}

static bool read_header(const struct rk_btf *btf, struct rk_bytes data,
			struct header *header, struct rk_btf_problem *ret)
{
	size_t known = btf->has_layout ? HEADER_SIZE_LAYOUT : HEADER_SIZE;

	*header = (struct header){0};
	if (data.size < offsetof(struct header, type_off))
		return fail(ret, EINVAL, "hdr_len not found");
	memcpy(header, data.data, offsetof(struct header, type_off));
	if (data.size < header->size)
		return fail(ret, EINVAL, "btf_header not found");
	if (!check_unknown_fields(data, known, header->size, ret))
		return false;
	memcpy(header, data.data, header->size < known ? header->size : known);
	if (header->magic != MAGIC)
		return fail(ret, EINVAL, "Invalid magic");
	if (header->version != VERSION)
		return fail(ret, RK_BTF_NOT_SUPPORTED, "Unsupported version");
	if (header->flags)
		return fail(ret, RK_BTF_NOT_SUPPORTED, "Unsupported flags");
	if (!btf->base && !btf->base_is_unknown && data.size == header->size)
		return fail(ret, EINVAL, "No data");
	return true;
}

struct part {
	uint32_t offset;
	uint32_t size;
};

static void sort_parts(struct part *parts, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0; k--) {
			struct part swap = parts[k];

			if (parts[k - 1].offset < swap.offset ||
			    (parts[k - 1].offset == swap.offset &&
			     parts[k - 1].size <= swap.size))
				break;
			parts[k] = parts[k - 1];
			parts[k - 1] = swap;
		}
}

/* Sections follow each other without gaps, and fill what is behind the header. */
static bool check_parts(const struct header *header, struct rk_bytes data,
			struct rk_btf_problem *ret)
{
	struct part parts[] = {
		{header->type_off, header->type_len},
		{header->str_off, header->str_len},
		{header->layout_off, header->layout_len},
	};
	size_t n = header->size < HEADER_SIZE_LAYOUT || header->layout_len == 0 ? 2 : 3;
	uint32_t room = (uint32_t)data.size - header->size;
	uint32_t total = 0;

	sort_parts(parts, n);
	for (size_t i = 0; i < n; i++) {
		if (room < parts[i].offset)
			return fail(ret, EINVAL, "Invalid section offset");
		if (total < parts[i].offset)
			return fail(ret, EINVAL, "Unsupported section found");
		if (total > parts[i].offset)
			return fail(ret, EINVAL, "Section overlap found");
		if (room - total < parts[i].size)
			return fail(ret, EINVAL, "Total section length too long");
		total += parts[i].size;
	}
	if (room != total)
		return fail(ret, EINVAL, "Unsupported section found");
	return true;
}

static bool check_strings(const struct rk_btf *btf, const struct header *header,
			  struct rk_bytes data, struct rk_btf_problem *ret)
{
	struct rk_bytes strings = btf->strings;
	bool has_base = btf->base || btf->base_is_unknown;

	if (header->size < HEADER_SIZE_LAYOUT &&
	    strings.data + strings.size != data.data + data.size)
		return fail(ret, EINVAL, "String section is not at the end");
	if (has_base && strings.size == 0)
		return true;
	if (strings.size == 0 || strings.size - 1 > RK_BTF_MAX_NAME ||
	    strings.data[strings.size - 1] != '\0' || (!has_base && strings.data[0]))
		return fail(ret, EINVAL, "Invalid string section");
	return true;
}

static struct rk_btf_type read_type(const struct rk_btf *btf, struct rk_bytes at)
{
	struct rk_btf_type type = {
		.btf = btf,
		.name = rk_bytes_u32(at, 0),
		.info = rk_bytes_u32(at, 4),
		.size = rk_bytes_u32(at, 8),
		.rest = {at.data + TYPE_SIZE, at.size - TYPE_SIZE},
	};

	type.kind = type.info >> 24 & (btf->has_layout ? 0x7f : 0x1f);
	type.n = type.info & (btf->has_layout ? 0xffffff : 0xffff);
	type.flag = type.info >> 31;
	return type;
}

/* The bytes of the type at the beginning of @at; 0: it is refused. */
static size_t check_type(const struct rk_btf *btf, struct rk_bytes at,
			 struct rk_btf_problem *ret)
{
	struct rk_btf_type type;
	size_t size;

	if (at.size < TYPE_SIZE)
		return fail(ret, EINVAL, "meta_left");
	type = read_type(btf, at);
	/* Before vlen grew, bits between were checked to be 0. */
	if (!btf->has_layout && type.info & 0x60ff0000)
		return fail(ret, EINVAL, "Invalid btf_info");
	if (type.kind == 0 || type.kind >= RK_BTF_N_KINDS)
		return fail(ret, EINVAL, "Invalid kind");
	if (!rk_btf_name(btf, type.name))
		return fail(ret, EINVAL, "Invalid name_offset");
	size = rk_btf_rest_size(type.kind, type.n);
	if (type.rest.size < size)
		return fail(ret, EINVAL, "meta_left");
	return rk_btf_check_type(&type, ret) ? TYPE_SIZE + size : 0;
}

static bool check_types(struct rk_btf *btf, struct rk_btf_problem *ret)
{
	struct rk_bytes at = btf->types;

	btf->n_types = 1;
	while (at.size) {
		size_t size = check_type(btf, at, ret);

		if (size == 0) {
			ret->type = btf->n_types;
			return false;
		}
		at = (struct rk_bytes){at.data + size, at.size - size};
		btf->n_types++;
	}
	return true;
}

/* check_parts() saw that both lie behind the header. */
static void set_parts(struct rk_btf *btf, const struct header *header,
		      struct rk_bytes data)
{
	btf->types = (struct rk_bytes){data.data + header->size + header->type_off,
				       header->type_len};
	btf->strings = (struct rk_bytes){data.data + header->size + header->str_off,
					 header->str_len};
}

bool rk_btf_next(const struct rk_btf *btf, struct rk_bytes *at, struct rk_btf_type *ret)
{
	size_t size;

	if (at->size < TYPE_SIZE)
		return false;
	*ret = read_type(btf, *at);
	if (ret->kind >= RK_BTF_N_KINDS)
		return false;
	size = rk_btf_rest_size(ret->kind, ret->n);
	if (ret->rest.size < size)
		return false;
	*at = (struct rk_bytes){ret->rest.data + size, ret->rest.size - size};
	return true;
}

uint32_t rk_btf_count(const struct rk_btf *btf)
{
	uint32_t n = btf->n_types;

	for (btf = btf->base; btf; btf = btf->base)
		n += btf->n_types - 1; /* void is counted */
	return n;
}

static bool is_modifier(uint32_t kind)
{
	return kind == RK_BTF_TYPEDEF || kind == RK_BTF_VOLATILE ||
	       kind == RK_BTF_CONST || kind == RK_BTF_RESTRICT || kind == RK_BTF_TYPE_TAG;
}

/* What a modifier refers to, or 0; by id, those of the base left out. */
static uint32_t *read_modified(const struct rk_btf *btf)
{
	uint32_t *modified = calloc(btf->n_types, sizeof(*modified));
	struct rk_bytes at = btf->types;
	struct rk_btf_type type;

	for (uint32_t i = 1; modified && rk_btf_next(btf, &at, &type); i++)
		if (is_modifier(type.kind))
			modified[i] = type.size ? type.size : UINT32_MAX; /* void */
	return modified;
}

/* One chain. It is good when it reaches what was seen to be. */
static bool check_chain(const uint32_t *modified, uint32_t start, uint32_t n, uint32_t id,
			struct rk_btf_problem *ret)
{
	const uint32_t good = id - 1;

	for (int limit = 32;
	     id >= start && id != UINT32_MAX && modified[id - start + 1];) {
		if (limit-- == 0)
			return fail(ret, ELOOP, "Max chain length or cycle detected");
		if (id <= good)
			return true;
		id = modified[id - start + 1];
		if (id != UINT32_MAX && id >= n)
			return fail(ret, EINVAL, "");
	}
	return true;
}

static bool check_chains(const struct rk_btf *btf, struct rk_btf_problem *ret)
{
	cleanup_free uint32_t *modified = read_modified(btf);
	uint32_t start = btf->base ? rk_btf_count(btf->base) : 1;
	uint32_t n = rk_btf_count(btf);

	ret->no_memory = !modified;
	for (uint32_t id = start; modified && id < n; id++)
		if (!check_chain(modified, start, n, id, ret)) {
			ret->type = id;
			return false;
		}
	return modified;
}

bool rk_btf_open(struct rk_btf *btf, struct rk_bytes data)
{
	struct rk_btf_problem ignored;
	struct header header;

	if (!read_header(btf, data, &header, &ignored) ||
	    !check_parts(&header, data, &ignored))
		return false;
	set_parts(btf, &header, data);
	return btf->strings.size && btf->strings.data[btf->strings.size - 1] == '\0';
}

bool rk_btf_count_types(struct rk_btf *btf)
{
	struct rk_bytes at = btf->types;
	struct rk_btf_type type;

	btf->n_types = 1;
	while (rk_btf_next(btf, &at, &type))
		btf->n_types++;
	return at.size == 0;
}

bool rk_btf_check(struct rk_btf *btf, struct rk_bytes data, struct rk_btf_problem *ret)
{
	struct header header;

	*ret = (struct rk_btf_problem){.text = ""};
	if (!read_header(btf, data, &header, ret) || !check_parts(&header, data, ret))
		return false;
	set_parts(btf, &header, data);
	if (!check_strings(btf, &header, data, ret) || !check_types(btf, ret))
		return false;
	return btf->base_is_unknown || check_chains(btf, ret);
}
