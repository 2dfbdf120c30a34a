/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel/bpf/btf.c: btf_parse_hdr(), btf_parse_str_sec(), btf_check_all_metas(). */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "lib/verdict/btf.h"

enum {
	MAGIC = 0xeb9f,
	VERSION = 1,
	HEADER_SIZE = 24,
	HEADER_SIZE_LAYOUT = 32,
	TYPE_SIZE = 12,
	MAX_TYPE = 0x000fffff,
	MAX_NAME_OFFSET = 0x00ffffff,
	NAME_LIMIT = 512, /* KSYM_NAME_LEN */
	ENOTSUPP = 524,   /* the kernel's own */
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
		return fail(ret, ENOTSUPP, "Unsupported version");
	if (header->flags)
		return fail(ret, ENOTSUPP, "Unsupported flags");
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
	if (strings.size == 0 || strings.size - 1 > MAX_NAME_OFFSET ||
	    strings.data[strings.size - 1] != '\0' || (!has_base && strings.data[0]))
		return fail(ret, EINVAL, "Invalid string section");
	return true;
}

/* ---- names ---- */

/* The name at an offset; NULL: there is none. Where the base is the kernel's, every name
 * is taken for good: an empty one would not be. */
static const char *name_at(const struct rk_btf *btf, uint32_t offset)
{
	uint32_t start = btf->base ? (uint32_t)btf->base->strings.size : 0;

	if (offset > MAX_NAME_OFFSET)
		return NULL;
	if (btf->base_is_unknown)
		return "x";
	/* A base has no base itself. */
	if (offset < start)
		return (const char *)btf->base->strings.data + offset;
	if (offset - start >= btf->strings.size)
		return NULL;
	return (const char *)btf->strings.data + (offset - start);
}

/* The kernel's isalpha() and isprint() know Latin-1 (lib/ctype.c). */
static bool is_printable(unsigned char c)
{
	return isprint(c) || c >= 0xa0;
}

/* Letters, '_', '.' and, but for the first, digits; as bits, because a kernel's modules
 * have millions of names. */
static bool is_identifier_char(char c, bool first)
{
	static const uint64_t chars[] = {
		0x03ff400000000000,
		0x07fffffe87fffffe,
		0,
		0xff7fffffff7fffff,
	};
	unsigned char u = (unsigned char)c;

	return chars[u / 64] >> (u % 64) & 1 && !(first && u >= '0' && u <= '9');
}

static bool is_identifier(const char *name)
{
	size_t i = 1;

	if (!name || !is_identifier_char(name[0], true))
		return false;
	while (i < NAME_LIMIT && is_identifier_char(name[i], false))
		i++;
	return name[i] == '\0';
}

static bool is_section_name(const char *name)
{
	size_t i = 0;

	if (!name || name[0] == '\0')
		return false;
	for (; name[i] && i < NAME_LIMIT; i++)
		if (!is_printable((unsigned char)name[i]))
			return false;
	return name[i] == '\0';
}

static bool has_identifier(const struct rk_btf_type *type)
{
	return type->name && is_identifier(name_at(type->btf, type->name));
}

static bool is_anonymous_or_good(const struct rk_btf_type *type, uint32_t name)
{
	return name == 0 || is_identifier(name_at(type->btf, name));
}

static bool is_type(uint32_t id)
{
	return id && id <= MAX_TYPE;
}

uint32_t rk_btf_word(const struct rk_btf_type *type, size_t i)
{
	return rk_bytes_u32(type->rest, i * sizeof(uint32_t));
}

/* ---- one type of each kind: NULL, or what is wrong (in the kernel's words) ---- */

static const char *check_int(const struct rk_btf_type *type)
{
	uint32_t data = rk_btf_word(type, 0);
	uint32_t bits = (data & 0xff) + (data >> 16 & 0xff);

	if (type->n)
		return "vlen != 0";
	if (type->flag)
		return "Invalid btf_info kind_flag";
	if (data & ~0x0fffffffU)
		return "Invalid int_data";
	if (bits > 128)
		return "nr_bits exceeds 128";
	if ((bits + 7) / 8 > type->size)
		return "nr_bits exceeds type_size";
	return NULL;
}

static const char *check_reference(const struct rk_btf_type *type)
{
	const char *name = name_at(type->btf, type->name);

	if (type->n)
		return "vlen != 0";
	if (type->flag && type->kind != RK_BTF_TYPE_TAG)
		return "Invalid btf_info kind_flag";
	if (type->size > MAX_TYPE)
		return "Invalid type_id";
	if (type->kind == RK_BTF_TYPEDEF)
		return has_identifier(type) ? NULL : "Invalid name";
	if (type->kind == RK_BTF_TYPE_TAG)
		return name && name[0] ? NULL : "Invalid name";
	return type->name ? "Invalid name" : NULL;
}

static const char *check_array(const struct rk_btf_type *type)
{
	if (type->name)
		return "Invalid name";
	if (type->n)
		return "vlen != 0";
	if (type->flag)
		return "Invalid btf_info kind_flag";
	if (type->size)
		return "size != 0";
	if (!is_type(rk_btf_word(type, 0)))
		return "Invalid elem";
	return is_type(rk_btf_word(type, 1)) ? NULL : "Invalid index";
}

static const char *check_struct(const struct rk_btf_type *type)
{
	uint32_t last = 0;

	if (!is_anonymous_or_good(type, type->name))
		return "Invalid name";
	for (uint32_t i = 0; i < type->n; i++) {
		uint32_t name = rk_btf_word(type, (size_t)i * 3);
		uint32_t offset = rk_btf_word(type, (size_t)i * 3 + 2);

		if (type->flag)
			offset &= 0xffffff;
		if (!name_at(type->btf, name))
			return "Invalid member name_offset";
		if (!is_anonymous_or_good(type, name))
			return "Invalid name";
		if (!is_type(rk_btf_word(type, (size_t)i * 3 + 1)))
			return "Invalid type_id";
		if ((type->kind == RK_BTF_UNION && offset) || last > offset)
			return "Invalid member bits_offset";
		if (((uint64_t)offset + 7) / 8 > type->size)
			return "Member bits_offset exceeds its struct size";
		last = offset;
	}
	return NULL;
}

static const char *check_enum(const struct rk_btf_type *type)
{
	size_t words = type->kind == RK_BTF_ENUM64 ? 3 : 2;

	if (type->size > 8 || type->size == 0 || (type->size & (type->size - 1)))
		return "Unexpected size";
	if (!is_anonymous_or_good(type, type->name))
		return "Invalid name";
	for (uint32_t i = 0; i < type->n; i++) {
		uint32_t name = rk_btf_word(type, i * words);

		if (!name_at(type->btf, name))
			return "\tInvalid name_offset";
		if (name == 0 || !is_anonymous_or_good(type, name))
			return "Invalid name";
	}
	return NULL;
}

static const char *check_forward(const struct rk_btf_type *type)
{
	if (type->n)
		return "vlen != 0";
	if (type->size)
		return "type != 0";
	return has_identifier(type) ? NULL : "Invalid name";
}

static const char *check_function(const struct rk_btf_type *type)
{
	if (!has_identifier(type))
		return "Invalid name";
	if (type->n > 1)
		return "Invalid func linkage";
	return type->flag ? "Invalid btf_info kind_flag" : NULL;
}

static const char *check_prototype(const struct rk_btf_type *type)
{
	if (type->name)
		return "Invalid name";
	return type->flag ? "Invalid btf_info kind_flag" : NULL;
}

static const char *check_variable(const struct rk_btf_type *type)
{
	if (type->n)
		return "vlen != 0";
	if (type->flag)
		return "Invalid btf_info kind_flag";
	if (!has_identifier(type))
		return "Invalid name";
	if (!is_type(type->size))
		return "Invalid type_id";
	return rk_btf_word(type, 0) > 1 ? "Linkage not supported" : NULL;
}

static const char *check_section(const struct rk_btf_type *type)
{
	uint64_t end = 0;

	if (type->size == 0)
		return "size == 0";
	if (type->flag)
		return "Invalid btf_info kind_flag";
	if (type->name == 0 || !is_section_name(name_at(type->btf, type->name)))
		return "Invalid name";
	for (uint32_t i = 0; i < type->n; i++) {
		uint32_t offset = rk_btf_word(type, (size_t)i * 3 + 1);
		uint32_t size = rk_btf_word(type, (size_t)i * 3 + 2);

		if (!is_type(rk_btf_word(type, (size_t)i * 3)))
			return "Invalid type_id";
		if (offset < end || offset >= type->size)
			return "Invalid offset";
		if (size == 0 || size > type->size)
			return "Invalid size";
		end = (uint64_t)offset + size;
		if (end > type->size)
			return "Invalid offset+size";
	}
	return NULL;
}

static const char *check_float(const struct rk_btf_type *type)
{
	if (type->n)
		return "vlen != 0";
	if (type->flag)
		return "Invalid btf_info kind_flag";
	switch (type->size) {
	case 2:
	case 4:
	case 8:
	case 12:
	case 16:
		return NULL;
	default:
		return "Invalid type_size";
	}
}

static const char *check_decl_tag(const struct rk_btf_type *type)
{
	const char *name = name_at(type->btf, type->name);

	if (!name || name[0] == '\0')
		return "Invalid value";
	if (type->n)
		return "vlen != 0";
	return (int32_t)rk_btf_word(type, 0) < -1 ? "Invalid component_idx" : NULL;
}

/* By kind: the check, and the bytes that follow: a fixed part and one per vlen. */
static const struct {
	const char *(*check)(const struct rk_btf_type *type);
	uint8_t fixed;
	uint8_t each;
} kinds[RK_BTF_N_KINDS] = {
	[RK_BTF_INT] = {check_int, 4, 0},
	[RK_BTF_PTR] = {check_reference, 0, 0},
	[RK_BTF_ARRAY] = {check_array, 12, 0},
	[RK_BTF_STRUCT] = {check_struct, 0, 12},
	[RK_BTF_UNION] = {check_struct, 0, 12},
	[RK_BTF_ENUM] = {check_enum, 0, 8},
	[RK_BTF_FWD] = {check_forward, 0, 0},
	[RK_BTF_TYPEDEF] = {check_reference, 0, 0},
	[RK_BTF_VOLATILE] = {check_reference, 0, 0},
	[RK_BTF_CONST] = {check_reference, 0, 0},
	[RK_BTF_RESTRICT] = {check_reference, 0, 0},
	[RK_BTF_FUNC] = {check_function, 0, 0},
	[RK_BTF_FUNC_PROTO] = {check_prototype, 0, 8},
	[RK_BTF_VAR] = {check_variable, 4, 0},
	[RK_BTF_DATASEC] = {check_section, 0, 12},
	[RK_BTF_FLOAT] = {check_float, 0, 0},
	[RK_BTF_DECL_TAG] = {check_decl_tag, 4, 0},
	[RK_BTF_TYPE_TAG] = {check_reference, 0, 0},
	[RK_BTF_ENUM64] = {check_enum, 0, 12},
};

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
	const char *problem;
	size_t size;

	if (at.size < TYPE_SIZE)
		return fail(ret, EINVAL, "meta_left");
	type = read_type(btf, at);
	/* Before vlen grew, bits between were checked to be 0. */
	if (!btf->has_layout && type.info & 0x60ff0000)
		return fail(ret, EINVAL, "Invalid btf_info");
	if (type.kind == 0 || type.kind >= RK_BTF_N_KINDS)
		return fail(ret, EINVAL, "Invalid kind");
	if (!name_at(btf, type.name))
		return fail(ret, EINVAL, "Invalid name_offset");
	size = kinds[type.kind].fixed + (size_t)type.n * kinds[type.kind].each;
	if (type.rest.size < size)
		return fail(ret, EINVAL, "meta_left");
	problem = kinds[type.kind].check(&type);
	/* Encodings of integers are the one thing that is not EINVAL. */
	if (!problem && type.kind == RK_BTF_INT) {
		uint32_t encoding = rk_btf_word(&type, 0) >> 24 & 0xf;

		if (encoding & (encoding - 1) || encoding > 4)
			return fail(ret, ENOTSUPP, "Unsupported encoding");
	}
	if (problem)
		return fail(ret, EINVAL, problem);
	return TYPE_SIZE + size;
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
	size = kinds[ret->kind].fixed + (size_t)ret->n * kinds[ret->kind].each;
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
