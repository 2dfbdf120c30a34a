// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bytes at random, where structures are. Only bases that run no code are taken, so that
 * what comes back is the loader's word; and the tables that the kernel applies to code
 * (return sites and the like) are left alone, because damage there is found by nobody.
 */
#include <string.h>

#include "tests/vm/oracle/rules.h"

/* Changes 1 to 3 bytes of @size at @at. */
static void scramble(struct mutation *m, uint8_t *at, size_t size)
{
	for (uint64_t n = 1 + rng_below(m->rng, 3); n; n--)
		at[rng_below(m->rng, size)] ^= (uint8_t)(1 + rng_below(m->rng, 255));
}

static bool ehdr(struct mutation *m, uint64_t arg)
{
	scramble(m, (uint8_t *)m->image->bytes.data, sizeof(Elf64_Ehdr));
	return true;
}

/* Sections whose contents the kernel trusts. */
static bool is_applied(const char *name)
{
	static const char *const names[] = {
		".return_sites",
		".call_sites",
		".retpoline_sites",
		".altinstructions",
		".smp_locks",
		".orc_unwind",
		".orc_unwind_ip",
		"__mcount_loc",
		".gnu.linkonce.this_module",
		"__param",
		"__jump_table",
		"__bug_table",
		".ibt_endbr_seal",
		"__patchable_function_entries",
		".static_call_sites",
		"__ex_table",
		".cfi_sites",
	};

	if (strncmp(name, ".rela", 5) == 0)
		name += 5;
	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

/* One field of a header, or bytes anywhere in it. */
static bool shdr(struct mutation *m, uint64_t arg)
{
	static const struct {
		size_t offset, size;
	} fields[] = {{0, 4},  {4, 4},  {8, 8},  {16, 8}, {24, 8},
		      {32, 8}, {40, 4}, {44, 4}, {48, 8}, {56, 8}};
	size_t field = rng_below(m->rng, RK_ARRAY_LEN(fields));
	size_t i = rule_any_section(m);
	uint8_t *at = (uint8_t *)image_section(m->image, i);
	uint64_t value = 0;

	if (!rule_is_quiet(m) || is_applied(image_section_name(m->image, i)))
		return false;
	if (arg) {
		scramble(m, at, sizeof(Elf64_Shdr));
		return true;
	}
	memcpy(&value, at + fields[field].offset, fields[field].size);
	value = rng_odd(m->rng, value);
	memcpy(at + fields[field].offset, &value, fields[field].size);
	return true;
}

/* A wild name is refused by new loaders and fatal to old ones, whichever it is: most are
 * near those that there are. */
static void near_name(struct mutation *m, Elf64_Sym *entry)
{
	size_t table = image_section(m->image, image_symtab(m->image))->sh_link;

	if (rng_below(m->rng, 4))
		entry->st_name = (Elf64_Word)rng_below(
			m->rng, 2 * image_section(m->image, table)->sh_size);
}

static bool symbol(struct mutation *m, uint64_t arg)
{
	size_t i = rng_below(m->rng, image_n_symbols(m->image));

	scramble(m, (uint8_t *)image_symbol(m->image, i), arg ? sizeof(Elf64_Sym) : 8);
	if (!arg)
		near_name(m, image_symbol(m->image, i));
	return image_is_inert(m->image);
}

static bool rela(struct mutation *m, uint64_t arg)
{
	static const char *const targets[] = {".text", ".data", ".rodata"};
	const char *name = targets[rng_below(m->rng, RK_ARRAY_LEN(targets))];
	size_t target, i, n;
	Elf64_Rela *entry;

	if (!rule_is_quiet(m) || !rule_find(m, name, &target) ||
	    !(i = image_rela_of(m->image, target)))
		return false;
	n = image_section(m->image, i)->sh_size / sizeof(*entry);
	entry = (Elf64_Rela *)image_data(m->image, i) + rng_below(m->rng, n);
	if (arg == 0) /* type, which is mostly refused */
		scramble(m, (uint8_t *)&entry->r_info, 4);
	else if (arg == 1) /* low bytes of the place */
		scramble(m, (uint8_t *)&entry->r_offset, 1);
	else
		scramble(m, (uint8_t *)&entry->r_addend, 8);
	return true;
}

static bool contents(struct mutation *m, uint64_t arg)
{
	static const char *const names[] = {
		".modinfo",           ".strtab",     ".shstrtab",
		".comment",           ".note.Linux", ".note.gnu.build-id",
		".note.gnu.property", ".orc_header", "__ksymtab_strings",
		".rodata.str1.1",     "__versions",  "__version_ext_names"};
	size_t i;

	if (!rule_find(m, names[arg], &i) || !image_section(m->image, i)->sh_size)
		return false;
	scramble(m, image_data(m->image, i), image_section(m->image, i)->sh_size);
	return true;
}

/* Two sections change places in the table's order of contents: offsets are exchanged. */
static bool exchange(struct mutation *m, uint64_t arg)
{
	size_t i, other;
	Elf64_Off offset;

	if (!rule_find_idle(m, &i) || !rule_find_idle(m, &other) || i == other)
		return false;
	offset = image_section(m->image, i)->sh_offset;
	if (image_section(m->image, i)->sh_size !=
	    image_section(m->image, other)->sh_size)
		return false;
	image_section(m->image, i)->sh_offset = image_section(m->image, other)->sh_offset;
	image_section(m->image, other)->sh_offset = offset;
	return true;
}

static const struct rule rules[] = {
	{"random-ehdr", "random.ehdr", ehdr, 0, 10},
	{"random-shdr-field", "random.shdr", shdr, 0, 14},
	{"random-shdr", "random.shdr", shdr, 1, 10},
	{"random-symbol", "random.symbol", symbol, 1, 6},
	{"random-symbol-name", "random.symbol", symbol, 0, 8},
	{"random-rela-type", "random.rela", rela, 0, 6},
	{"random-rela-place", "random.rela", rela, 1, 3},
	{"random-rela-addend", "random.rela", rela, 2, 3},
	{"random-modinfo", "random.modinfo", contents, 0, 12},
	{"random-strtab", "random.strtab", contents, 1, 10},
	{"random-shstrtab", "random.shstrtab", contents, 2, 6},
	{"random-comment", "random.idle", contents, 3, 1},
	{"random-note", "random.idle", contents, 4, 1},
	{"random-build-id", "random.idle", contents, 5, 1},
	{"random-property", "random.idle", contents, 6, 1},
	{"random-orc-header", "random.idle", contents, 7, 1},
	{"random-exports", "random.exports", contents, 8, 3},
	{"random-texts", "random.idle", contents, 9, 1},
	{"random-versions", "random.versions", contents, 10, 3},
	{"random-ext-names", "random.versions", contents, 11, 3},
	{"random-exchange", "random.idle", exchange, 0, 1},
};

const struct rule_table rules_random = {rules, RK_ARRAY_LEN(rules)};
