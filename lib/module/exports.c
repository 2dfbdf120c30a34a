/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "lib/module/exports.h"

/* struct kernel_symbol with CONFIG_HAVE_ARCH_PREL32_RELOCATIONS: three 32-bit offsets,
 * each relative to its own place. */
enum {
	ENTRY_SIZE = 12,
	NAME_PLACE = 4,
	NAMESPACE_PLACE = 8,
	FLAG_GPL_ONLY = 1, /* in __kflagstab */
};

struct table {
	const struct rk_view *view;
	size_t section; /* __ksymtab or __ksymtab_gpl */
	size_t n_entries;
	struct rk_module_export *entries;
	struct rk_bytes crcs;
	struct rk_bytes flags;
	bool is_gpl;
};

static struct rk_bytes loaded_contents(const struct rk_view *view, const char *name)
{
	Elf64_Shdr section = rk_view_section(view, rk_view_find_loaded(view, name));

	return rk_view_contents(view, &section);
}

/* The text that a relocation of an entry points to. */
static const char *text_of(const struct rk_view *view, struct rk_bytes symbols,
			   const Elf64_Rela *rela)
{
	Elf64_Shdr section;
	Elf64_Sym symbol;
	uint64_t inside;

	if (!rk_bytes_symbol(symbols, ELF64_R_SYM(rela->r_info), &symbol))
		return NULL;
	section = rk_view_section(view, symbol.st_shndx);
	inside = symbol.st_value + (uint64_t)rela->r_addend;
	if (section.sh_type != SHT_PROGBITS || inside >= section.sh_size ||
	    section.sh_offset >= view->file.size)
		return NULL;
	return rk_view_string(view, section.sh_offset + inside);
}

static void take_relocation(struct table *table, struct rk_bytes symbols,
			    const Elf64_Rela *rela)
{
	size_t entry = rela->r_offset / ENTRY_SIZE;
	const char *text;

	if (entry >= table->n_entries || rela->r_offset % ENTRY_SIZE == 0)
		return;
	text = text_of(table->view, symbols, rela);
	if (rela->r_offset % ENTRY_SIZE == NAME_PLACE)
		table->entries[entry].name = text;
	else if (rela->r_offset % ENTRY_SIZE == NAMESPACE_PLACE && text)
		table->entries[entry].ns = text;
}

static void take_relocations(struct table *table)
{
	const struct rk_view *view = table->view;

	for (size_t i = 1; i < view->n_sections; i++) {
		Elf64_Shdr section = rk_view_section(view, i);
		Elf64_Shdr symtab = rk_view_section(view, section.sh_link);
		struct rk_bytes relas = rk_view_contents(view, &section);
		Elf64_Rela rela;

		if (section.sh_type != SHT_RELA || section.sh_info != table->section)
			continue;
		for (size_t k = 0; rk_bytes_rela(relas, k, &rela); k++)
			take_relocation(table, rk_view_contents(view, &symtab), &rela);
	}
}

static void fill_entries(struct table *table)
{
	for (size_t i = 0; i < table->n_entries; i++) {
		struct rk_module_export *export = &table->entries[i];

		export->ns = "";
		export->gpl_only =
			table->is_gpl ||
			(i < table->flags.size && table->flags.data[i] & FLAG_GPL_ONLY);
		export->has_crc = (i + 1) * sizeof(uint32_t) <= table->crcs.size;
		export->crc = rk_bytes_u32(table->crcs, i * sizeof(uint32_t));
	}
	take_relocations(table);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct rk_module_export *)a)->name,
		      ((const struct rk_module_export *)b)->name);
}

/* Drops entries without a name, sorts the rest. */
static void tidy(struct rk_module_exports *exports)
{
	size_t n = 0;

	for (size_t i = 0; i < exports->n_items; i++)
		if (exports->items[i].name)
			exports->items[n++] = exports->items[i];
	exports->n_items = n;
	if (n)
		qsort(exports->items, n, sizeof(exports->items[0]), by_name);
}

int rk_module_exports_read(const struct rk_view *view, struct rk_module_exports *ret,
			   struct rk_error *err)
{
	static const char *const names[][2] = {
		{"__ksymtab", "__kcrctab"},
		{"__ksymtab_gpl", "__kcrctab_gpl"},
	};
	struct rk_module_exports exports = {0};
	struct table tables[RK_ARRAY_LEN(names)];

	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++) {
		size_t section = rk_view_find_loaded(view, names[i][0]);

		tables[i] = (struct table){
			.view = view,
			.section = section,
			.n_entries = loaded_contents(view, names[i][0]).size / ENTRY_SIZE,
			.crcs = loaded_contents(view, names[i][1]),
			.is_gpl = i == 1,
		};
		exports.n_items += tables[i].n_entries;
	}
	tables[0].flags = loaded_contents(view, "__kflagstab");
	exports.items =
		calloc(exports.n_items ? exports.n_items : 1, sizeof(*exports.items));
	if (!exports.items)
		return rk_error_nomem(err);
	tables[0].entries = exports.items;
	tables[1].entries = exports.items + tables[0].n_entries;
	fill_entries(&tables[0]);
	fill_entries(&tables[1]);
	tidy(&exports);
	*ret = exports;
	return 0;
}

void rk_module_exports_release(struct rk_module_exports *exports)
{
	free(exports->items);
	*exports = (struct rk_module_exports){0};
}

const struct rk_module_export *
rk_module_exports_find(const struct rk_module_exports *exports, const char *name)
{
	struct rk_module_export key = {.name = name};

	if (exports->n_items == 0)
		return NULL;
	return bsearch(&key, exports->items, exports->n_items, sizeof(key), by_name);
}
