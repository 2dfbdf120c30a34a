// SPDX-License-Identifier: GPL-2.0-or-later
/* Type information: the kernel parses it, and may refuse the module for it. */
#include <string.h>

#include "tests/vm/oracle/rules.h"

/* include/uapi/linux/btf.h: struct btf_header */
struct header {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t hdr_len, type_off, type_len, str_off, str_len;
};

enum field {
	FIELD_MAGIC,
	FIELD_VERSION,
	FIELD_FLAGS,
	FIELD_HDR_LEN,
	FIELD_TYPE_OFF,
	FIELD_TYPE_LEN,
	FIELD_STR_OFF,
	FIELD_STR_LEN,
	FIELD_BASE = 16, /* the same, of .BTF.base */
};

static bool any_btf(struct mutation *m, bool base, size_t *ret)
{
	if (!rule_find(m, base ? ".BTF.base" : ".BTF", ret))
		return false;
	return image_section(m->image, *ret)->sh_size > sizeof(struct header) + 64;
}

/* The section begins at any byte; its header is copied out and back. */
static bool field(struct mutation *m, uint64_t arg)
{
	struct header header;
	size_t i;

	if (!any_btf(m, arg & FIELD_BASE, &i))
		return false;
	memcpy(&header, image_data(m->image, i), sizeof(header));
	switch ((enum field)(arg & (FIELD_BASE - 1))) {
	case FIELD_MAGIC:
		header.magic ^= (uint16_t)(1 + rng_below(m->rng, 0xffff));
		break;
	case FIELD_VERSION:
		header.version = (uint8_t)(2 + rng_below(m->rng, 254));
		break;
	case FIELD_FLAGS:
		header.flags = (uint8_t)(1 + rng_below(m->rng, 255));
		break;
	case FIELD_HDR_LEN:
		header.hdr_len = (uint32_t)rng_odd(m->rng, header.hdr_len);
		break;
	case FIELD_TYPE_OFF:
		header.type_off = (uint32_t)rng_odd(m->rng, header.type_off);
		break;
	case FIELD_TYPE_LEN:
		header.type_len = (uint32_t)rng_odd(m->rng, header.type_len);
		break;
	case FIELD_STR_OFF:
		header.str_off = (uint32_t)rng_odd(m->rng, header.str_off);
		break;
	case FIELD_STR_LEN:
		header.str_len = (uint32_t)rng_odd(m->rng, header.str_len);
		break;
	default:
		break;
	}
	memcpy(image_data(m->image, i), &header, sizeof(header));
	return true;
}

/* @arg: 0 types, 1 strings; plus 2 for .BTF.base */
static bool contents(struct mutation *m, uint64_t arg)
{
	struct header header;
	size_t i;
	uint8_t *at;

	if (!any_btf(m, arg & 2, &i))
		return false;
	at = image_data(m->image, i);
	memcpy(&header, at, sizeof(header));
	at += sizeof(header);
	at += arg & 1 ? header.str_off + rng_below(m->rng, header.str_len)
		      : header.type_off + rng_below(m->rng, header.type_len);
	*at ^= (uint8_t)(1 + rng_below(m->rng, 255));
	return true;
}

enum section {
	SECTION_GONE,
	SECTION_EMPTY,
	SECTION_CUT,
	SECTION_TINY,
	SECTION_ALLOC,
	SECTION_LONGER,
};

static bool section(struct mutation *m, uint64_t arg)
{
	size_t i;
	Elf64_Shdr *shdr;

	if (!any_btf(m, false, &i))
		return false;
	shdr = image_section(m->image, i);
	switch ((enum section)arg) {
	case SECTION_GONE:
		image_rename_section(m->image, i, ".gone");
		break;
	case SECTION_EMPTY:
		shdr->sh_size = 0;
		break;
	case SECTION_CUT:
		shdr->sh_size -= 1 + rng_below(m->rng, 64);
		break;
	case SECTION_TINY:
		shdr->sh_size = 1 + rng_below(m->rng, 24);
		break;
	case SECTION_ALLOC:
		shdr->sh_flags |= SHF_ALLOC;
		break;
	case SECTION_LONGER:
		shdr->sh_size += 1 + rng_below(m->rng, 64);
		break;
	}
	return true;
}

static const struct rule rules[] = {
	{"btf-magic", "load.40", field, FIELD_MAGIC, 1},
	{"btf-version", "load.40", field, FIELD_VERSION, 1},
	{"btf-flags", "load.40", field, FIELD_FLAGS, 1},
	{"btf-hdr-len", "load.40", field, FIELD_HDR_LEN, 1},
	{"btf-type-off", "load.40", field, FIELD_TYPE_OFF, 1},
	{"btf-type-len", "load.40", field, FIELD_TYPE_LEN, 1},
	{"btf-str-off", "load.40", field, FIELD_STR_OFF, 1},
	{"btf-str-len", "load.40", field, FIELD_STR_LEN, 1},
	{"btf-base-magic", "load.40", field, FIELD_BASE + FIELD_MAGIC, 1},
	{"btf-base-version", "load.40", field, FIELD_BASE + FIELD_VERSION, 1},
	{"btf-base-hdr-len", "load.40", field, FIELD_BASE + FIELD_HDR_LEN, 1},
	{"btf-base-type-len", "load.40", field, FIELD_BASE + FIELD_TYPE_LEN, 1},
	{"btf-base-str-len", "load.40", field, FIELD_BASE + FIELD_STR_LEN, 1},
	{"btf-types", "load.40", contents, 0, 6},
	{"btf-strings", "load.40", contents, 1, 2},
	{"btf-base-types", "load.40", contents, 2, 4},
	{"btf-base-strings", "load.40", contents, 3, 2},
	{"btf-gone", "load.40", section, SECTION_GONE, 1},
	{"btf-empty", "load.40", section, SECTION_EMPTY, 1},
	{"btf-cut", "load.40", section, SECTION_CUT, 1},
	{"btf-tiny", "load.40", section, SECTION_TINY, 1},
	{"btf-alloc", "load.40", section, SECTION_ALLOC, 1},
	{"btf-longer", "load.40", section, SECTION_LONGER, 1},
};

const struct rule_table rules_btf = {rules, RK_ARRAY_LEN(rules)};
