// SPDX-License-Identifier: GPL-2.0-or-later
/* What a module exports, and its parameters. */
#include <string.h>

#include "tests/vm/oracle/rules.h"

static bool table_gone(struct mutation *m, uint64_t arg)
{
	static const char *const names[] = {"__kflagstab", "__ksymtab", "__kcrctab",
					    "__ksymtab_strings"};
	size_t i;

	if (!rule_find(m, names[arg], &i))
		return false;
	image_rename_section(m->image, i, "__gone");
	return true;
}

static bool table_noalloc(struct mutation *m, uint64_t arg)
{
	size_t i;

	if (!rule_find(m, "__kflagstab", &i))
		return false;
	image_section(m->image, i)->sh_flags &= ~(Elf64_Xword)SHF_ALLOC;
	return true;
}

static bool flags(struct mutation *m, uint64_t arg)
{
	size_t i;
	Elf64_Shdr *shdr;

	if (!rule_find(m, "__kflagstab", &i))
		return false;
	shdr = image_section(m->image, i);
	if (arg == 0)
		image_data(m->image, i)[rng_below(m->rng, shdr->sh_size)] =
			(uint8_t)rng_next(m->rng);
	else
		shdr->sh_size = arg == 1 ? 1 : 0;
	return true;
}

/* The name of an export becomes @name. */
static bool rename_export(struct mutation *m, const char *name)
{
	static const char *const own[] = {"ora_export_a", "ora_export_b", "ora_export_c"};
	const char *old = own[rng_below(m->rng, RK_ARRAY_LEN(own))];
	size_t i;
	uint8_t *data, *at;

	if (!rule_find(m, "__ksymtab_strings", &i) || strlen(name) > strlen(old))
		return false;
	data = image_data(m->image, i);
	at = memmem(data, image_section(m->image, i)->sh_size, old, strlen(old));
	if (!at)
		return false;
	memset(at, 0, strlen(old));
	memcpy(at, name, strlen(name));
	return true;
}

static bool duplicate(struct mutation *m, uint64_t arg)
{
	for (int i = 0; i < 200 && arg != 2; i++) {
		const struct rk_export *export = rule_any_export(m, arg, NULL);

		if (export && strlen(export->name) <= 12)
			return rename_export(m, export->name);
	}
	return arg == 2 && rename_export(m, "ora_export_z");
}

/* Two exports of one name in one module. */
static bool twice(struct mutation *m, uint64_t arg)
{
	return rename_export(m, "ora_export_d");
}

/* Cuts the section off, and the relocations that would write behind its end. Tools sort
 * them by place. */
static void shorten(struct mutation *m, size_t section, Elf64_Xword size)
{
	size_t i = image_rela_of(m->image, section);
	Elf64_Shdr *shdr;
	Elf64_Rela *rela;

	image_section(m->image, section)->sh_size = size;
	if (!i)
		return;
	shdr = image_section(m->image, i);
	rela = (Elf64_Rela *)image_data(m->image, i);
	while (shdr->sh_size &&
	       rela[shdr->sh_size / sizeof(*rela) - 1].r_offset + 8 > size)
		shdr->sh_size -= sizeof(*rela);
}

static bool size(struct mutation *m, uint64_t arg)
{
	size_t i;
	Elf64_Xword old;

	if (!rule_find(m, "__ksymtab", &i))
		return false;
	old = image_section(m->image, i)->sh_size;
	shorten(m, i, arg == 0 ? 0 : old - rng_below(m->rng, 12));
	return true;
}

/* --- Parameters: struct kernel_param has perm at 24, level at 26, flags at 27 */

static bool param_byte(struct mutation *m, uint64_t arg)
{
	size_t i;

	if (!rule_find(m, "__param", &i) || !image_is_inert(m->image))
		return false;
	image_data(m->image, i)[rng_below(m->rng, 4) * 40 + arg] =
		(uint8_t)rng_next(m->rng);
	return true;
}

static bool param_size(struct mutation *m, uint64_t arg)
{
	size_t i;
	Elf64_Xword old;

	if (!rule_find(m, "__param", &i) || !image_is_inert(m->image))
		return false;
	old = image_section(m->image, i)->sh_size;
	shorten(m, i, arg ? old - arg : 0);
	return true;
}

static const struct rule rules[] = {
	{"export-no-flags", "load.27", table_gone, 0, 1},
	{"export-no-table", "load.27", table_gone, 1, 1},
	{"export-no-crcs", "load.28", table_gone, 2, 1},
	{"export-no-strings", "load.27", table_gone, 3, 1},
	{"export-flags-noalloc", "load.27", table_noalloc, 0, 1},
	{"export-flags-any", "export.ignored", flags, 0, 1},
	{"export-flags-short", "export.ignored", flags, 1, 1},
	{"export-flags-empty", "load.27", flags, 2, 1},
	{"export-duplicate", "load.35", duplicate, 0, 2},
	{"export-duplicate-gpl", "load.35", duplicate, 1, 1},
	{"export-unsorted", "load.35", duplicate, 2, 1},
	{"export-twice", "load.35", twice, 0, 1},
	{"export-table-empty", "load.27", size, 0, 1},
	{"export-table-part", "export.ignored", size, 1, 1},
	{"param-perm", "load.41", param_byte, 24, 1},
	{"param-perm-high", "load.41", param_byte, 25, 1},
	{"param-level", "load.41", param_byte, 26, 1},
	{"param-flags", "load.41", param_byte, 27, 1},
	{"param-fewer", "load.41", param_size, 40, 1},
	{"param-part", "load.41", param_size, 7, 1},
	{"param-none", "load.41", param_size, 0, 1},
};

const struct rule_table rules_export = {rules, RK_ARRAY_LEN(rules)};
