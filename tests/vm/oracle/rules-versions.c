// SPDX-License-Identifier: GPL-2.0-or-later
/* CRCs of imported symbols: the basic table and the two extended ones. */
#include <string.h>

#include "tests/vm/oracle/rules.h"

/* __versions (include/linux/module.h: struct modversion_info) */
struct version {
	uint64_t crc;
	char name[56];
};

static struct version *entry(struct mutation *m, const char *name)
{
	size_t i, n;
	struct version *table;

	if (!rule_find(m, "__versions", &i))
		return NULL;
	n = image_section(m->image, i)->sh_size / sizeof(*table);
	table = (struct version *)image_data(m->image, i);
	for (size_t k = 0; k < n && name; k++) {
		if (strncmp(table[k].name, name, sizeof(table->name)) == 0)
			return &table[k];
	}
	return name || !n ? NULL : &table[rng_below(m->rng, n)];
}

/* Without the extended tables the basic one counts. */
static void drop_extended(struct mutation *m)
{
	size_t i;

	if (rule_find(m, "__version_ext_crcs", &i))
		image_rename_section(m->image, i, "__gone_crcs");
	if (rule_find(m, "__version_ext_names", &i))
		image_rename_section(m->image, i, "__gone_names");
}

enum basic {
	BASIC_CRC,
	BASIC_HIGH, /* of the 64 bits only 32 are a CRC; the others must be 0 */
	BASIC_NAME,
	BASIC_LAYOUT_CRC,
	BASIC_LAYOUT_NAME,
};

/* @arg: what, plus 16 to keep the extended tables, which then count alone */
static bool basic(struct mutation *m, uint64_t arg)
{
	enum basic what = (enum basic)(arg & 15);
	bool layout = what == BASIC_LAYOUT_CRC || what == BASIC_LAYOUT_NAME;
	struct version *version;

	if (arg < 16)
		drop_extended(m);
	version = entry(m, layout ? "module_layout" : NULL);
	if (!version)
		return false;
	switch (what) {
	case BASIC_CRC:
	case BASIC_LAYOUT_CRC:
		version->crc ^= 1 + rng_below(m->rng, UINT32_MAX);
		break;
	case BASIC_HIGH:
		version->crc |= UINT64_C(1) << (32 + rng_below(m->rng, 32));
		break;
	case BASIC_NAME:
	case BASIC_LAYOUT_NAME:
		version->name[0] = '?';
		break;
	}
	return true;
}

enum extended {
	EXTENDED_CRC,
	EXTENDED_NAME,
	EXTENDED_NO_CRCS,
	EXTENDED_NO_NAMES,
	EXTENDED_NAMES_SHORT,
	EXTENDED_CRCS_MORE, /* more CRCs than names */
	EXTENDED_NOALLOC,
};

static bool extended(struct mutation *m, uint64_t arg)
{
	size_t crcs, names;
	uint8_t *data;

	if (!rule_find(m, "__version_ext_crcs", &crcs) ||
	    !rule_find(m, "__version_ext_names", &names))
		return false;
	switch ((enum extended)arg) {
	case EXTENDED_CRC:
		data = image_data(m->image, crcs);
		data[rng_below(m->rng, image_section(m->image, crcs)->sh_size)] ^=
			(uint8_t)(1 + rng_below(m->rng, 255));
		break;
	case EXTENDED_NAME:
		data = image_data(m->image, names);
		data[rng_below(m->rng, image_section(m->image, names)->sh_size)] ^= 32;
		break;
	case EXTENDED_NO_CRCS:
		image_rename_section(m->image, crcs, "__gone");
		break;
	case EXTENDED_NO_NAMES:
		image_rename_section(m->image, names, "__gone");
		break;
	case EXTENDED_NAMES_SHORT:
		image_section(m->image, names)->sh_size /= 2;
		break;
	case EXTENDED_CRCS_MORE:
		image_set_data(m->image, crcs, m->image->bytes.data,
			       image_section(m->image, crcs)->sh_size + 8 +
				       4 * rng_below(m->rng, 16));
		break;
	case EXTENDED_NOALLOC:
		image_section(m->image, crcs)->sh_flags &= ~(Elf64_Xword)SHF_ALLOC;
		image_section(m->image, names)->sh_flags &= ~(Elf64_Xword)SHF_ALLOC;
		break;
	}
	return true;
}

static bool basic_gone(struct mutation *m, uint64_t arg)
{
	size_t i;

	if (!rule_find(m, "__versions", &i))
		return false;
	if (arg == 0)
		drop_extended(m);
	if (arg == 2)
		image_section(m->image, i)->sh_flags &= ~(Elf64_Xword)SHF_ALLOC;
	else
		image_rename_section(m->image, i, "__gone");
	return true;
}

/* Extended tables in a module that has none: the counts are checked on any kernel. */
static bool added(struct mutation *m, uint64_t arg)
{
	static const uint8_t crcs[8];
	Elf64_Shdr shdr = {
		.sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC, .sh_addralign = 8};
	size_t i;

	if (rule_find(m, "__version_ext_crcs", &i))
		return false;
	if (arg == 4) /* not in memory: not found */
		shdr.sh_flags = 0;
	if (arg != 1)
		image_add_section(m->image, "__version_ext_crcs", &shdr, crcs,
				  sizeof(crcs));
	if (arg != 0 && arg != 4)
		image_add_section(m->image, "__version_ext_names", &shdr, "a\0b\0c",
				  arg == 2 ? 3 : 6);
	return true;
}

static bool added_basic(struct mutation *m, uint64_t arg)
{
	static const struct version table = {0x12345678, "_printk"};
	Elf64_Shdr shdr = {
		.sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC, .sh_addralign = 8};
	size_t i;

	if (rule_find(m, "__versions", &i))
		return false;
	image_add_section(m->image, "__versions", &shdr, &table, sizeof(table));
	return true;
}

static const struct rule rules[] = {
	{"version-crc", "symbol.crc", basic, BASIC_CRC, 3},
	{"version-high", "symbol.crc", basic, BASIC_HIGH, 1},
	{"version-name", "symbol.crc", basic, BASIC_NAME, 2},
	{"version-layout-crc", "load.13", basic, BASIC_LAYOUT_CRC, 1},
	{"version-layout-name", "load.13", basic, BASIC_LAYOUT_NAME, 1},
	{"version-crc-ignored", "symbol.crc", basic, BASIC_CRC + 16, 1},
	{"version-layout-ignored", "load.13", basic, BASIC_LAYOUT_CRC + 16, 1},
	{"version-none", "load.13", basic_gone, 0, 1},
	{"version-only-extended", "load.15", basic_gone, 1, 1},
	{"version-noalloc", "load.13", basic_gone, 2, 1},
	{"version-ext-crc", "symbol.crc", extended, EXTENDED_CRC, 3},
	{"version-ext-name", "symbol.crc", extended, EXTENDED_NAME, 2},
	{"version-ext-no-crcs", "elf.23", extended, EXTENDED_NO_CRCS, 1},
	{"version-ext-no-names", "elf.23", extended, EXTENDED_NO_NAMES, 1},
	{"version-ext-names-short", "elf.24", extended, EXTENDED_NAMES_SHORT, 1},
	{"version-ext-crcs-more", "elf.24", extended, EXTENDED_CRCS_MORE, 1},
	{"version-ext-noalloc", "elf.23", extended, EXTENDED_NOALLOC, 1},
	{"version-add-crcs", "elf.23", added, 0, 1},
	{"version-add-names", "elf.23", added, 1, 1},
	{"version-add-short", "elf.24", added, 2, 1},
	{"version-add-both", "elf.24", added, 3, 1},
	{"version-add-noalloc", "elf.23", added, 4, 1},
	{"version-add-basic", "symbol.crc", added_basic, 0, 1},
};

const struct rule_table rules_versions = {rules, RK_ARRAY_LEN(rules)};
