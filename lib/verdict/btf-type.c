/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel/bpf/btf.c: the check_meta() of each kind of type. */
#include <ctype.h>
#include <errno.h>

#include "lib/verdict/btf-type.h"

enum {
	MAX_TYPE = 0x000fffff,
	NAME_LIMIT = 512, /* KSYM_NAME_LEN */
};

/* ---- names ---- */

/* Where the base is the kernel's, every name is taken for good: an empty one would not
 * be. */
const char *rk_btf_name(const struct rk_btf *btf, uint32_t offset)
{
	uint32_t start = btf->base ? (uint32_t)btf->base->strings.size : 0;

	if (offset > RK_BTF_MAX_NAME)
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
	return type->name && is_identifier(rk_btf_name(type->btf, type->name));
}

static bool is_anonymous_or_good(const struct rk_btf_type *type, uint32_t name)
{
	return name == 0 || is_identifier(rk_btf_name(type->btf, name));
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
	const char *name = rk_btf_name(type->btf, type->name);

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
		if (!rk_btf_name(type->btf, name))
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

		if (!rk_btf_name(type->btf, name))
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
	if (type->name == 0 || !is_section_name(rk_btf_name(type->btf, type->name)))
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
	const char *name = rk_btf_name(type->btf, type->name);

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

size_t rk_btf_rest_size(uint32_t kind, uint32_t n)
{
	return kinds[kind].fixed + (size_t)n * kinds[kind].each;
}

bool rk_btf_check_type(const struct rk_btf_type *type, struct rk_btf_problem *ret)
{
	uint32_t encoding = rk_btf_word(type, 0) >> 24 & 0xf;
	const char *problem = kinds[type->kind].check(type);

	/* Encodings of integers are the one thing that is not EINVAL. */
	if (!problem && type->kind == RK_BTF_INT &&
	    (encoding & (encoding - 1) || encoding > 4)) {
		ret->sys_errno = RK_BTF_NOT_SUPPORTED;
		problem = "Unsupported encoding";
	} else if (problem) {
		ret->sys_errno = EINVAL;
	}
	if (problem)
		ret->text = problem;
	return !problem;
}
