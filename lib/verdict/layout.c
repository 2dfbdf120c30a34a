/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "lib/verdict/layout.h"

enum {
	SHF_RO_AFTER_INIT = 0x00200000,
	/* The part of the address space that modules have on x86-64, the largest. */
	ROOM = 1 << 30,
};

static bool starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool is_init(const struct rk_judge *judge, const char *name)
{
	return starts_with(name, ".init") ||
	       (!judge->facts.module_unload && starts_with(name, ".exit"));
}

static bool is_ro_after_init(const char *name)
{
	return strcmp(name, ".data..ro_after_init") == 0 ||
	       strcmp(name, "__jump_table") == 0 ||
	       strcmp(name, ".static_call_sites") == 0;
}

/* The loader goes through all sections once for each row, and takes what fits first. */
static enum rk_region region_of(const struct rk_judge *judge, const Elf64_Shdr *section)
{
	const char *name = rk_view_label(&judge->view, section);
	bool ro_after_init =
		section->sh_flags & SHF_RO_AFTER_INIT || is_ro_after_init(name);
	bool init = is_init(judge, name);

	if (section->sh_flags & SHF_EXECINSTR)
		return init ? RK_REGION_INIT_TEXT : RK_REGION_TEXT;
	if (!(section->sh_flags & SHF_WRITE))
		return init ? RK_REGION_INIT_RODATA : RK_REGION_RODATA;
	if (ro_after_init && !init)
		return RK_REGION_RO_AFTER_INIT;
	return init ? RK_REGION_INIT_DATA : RK_REGION_DATA;
}

/* 32-bit arithmetic, as in the loader: what is too large wraps. */
static uint32_t align(uint32_t size, uint64_t alignment)
{
	uint32_t mask = (uint32_t)(alignment ? alignment : 1) - 1;

	return (size + mask) & ~mask;
}

/* False: the section lies over what was placed before. */
static bool append(uint32_t *size, const Elf64_Shdr *section)
{
	uint32_t offset = align(*size, section->sh_addralign);
	bool is_apart = offset >= *size && section->sh_size <= UINT32_MAX - offset;

	*size = offset + (uint32_t)section->sh_size;
	return is_apart;
}

static bool place(struct rk_layout *layout, size_t index, enum rk_region region,
		  const Elf64_Shdr *section)
{
	uint32_t *size = &layout->sizes[region];
	uint32_t offset = align(*size, section->sh_addralign);

	layout->places[index] = (struct rk_place){region, offset};
	return append(size, section);
}

static void fault_overlap(struct rk_judge *judge, size_t index, const Elf64_Shdr *section)
{
	struct rk_finding *finding = rk_judge_fault(
		judge, "fault-layout", "section %s would be placed over others",
		rk_view_label(&judge->view, section));

	rk_judge_where(judge, finding, "section header %zu, sh_addralign and sh_size",
		       index);
	rk_judge_why(judge, finding, "%s", finding->kind->cause);
}

/* layout_symtab(): both tables go behind the data that init uses, and those symbols that
 * stay behind all other data. What a relocation would find there is not known. */
static void place_symbols(struct rk_judge *judge, struct rk_layout *layout)
{
	const size_t indexes[] = {judge->symtab_index, judge->strtab_index};
	uint32_t *data = &layout->sizes[RK_REGION_DATA];

	for (size_t i = 0; i < RK_ARRAY_LEN(indexes); i++) {
		Elf64_Shdr section = rk_view_section(&judge->view, indexes[i]);
		bool over_data = i == 0 && align(*data, section.sh_addralign) < *data;

		if (!append(&layout->sizes[RK_REGION_INIT_DATA], &section) || over_data) {
			fault_overlap(judge, indexes[i], &section);
			return;
		}
	}
}

static void place_all(struct rk_judge *judge, struct rk_layout *layout)
{
	for (size_t i = 0; i < judge->view.n_sections; i++) {
		Elf64_Shdr section = rk_view_section(&judge->view, i);

		layout->places[i] = (struct rk_place){RK_REGION_NONE, 0};
		/* Symbols and their names come behind all others. */
		if (!(section.sh_flags & SHF_ALLOC) ||
		    !rk_judge_is_loaded(judge, i, &section))
			continue;
		if (!place(layout, i, region_of(judge, &section), &section)) {
			fault_overlap(judge, i, &section);
			return;
		}
	}
}

void rk_stage_layout(struct rk_judge *judge)
{
	struct rk_layout *layout = calloc(1, sizeof(*layout));

	judge->layout = layout;
	if (layout)
		layout->places =
			calloc(judge->view.n_sections + 1, sizeof(*layout->places));
	if (!layout || !layout->places) {
		judge->no_memory = true;
		return;
	}
	place_all(judge, layout);
	if (judge->facts.kallsyms && judge->symtab_index && judge->strtab_index &&
	    !judge->failed)
		place_symbols(judge, layout);
	for (size_t i = 0; !judge->failed && i < RK_N_REGIONS; i++)
		if (layout->sizes[i] > ROOM) {
			rk_judge_refuse(judge, ENOMEM, "layout-size",
					"sections of one kind take %u bytes of memory",
					layout->sizes[i]);
			rk_judge_message(judge, "execmem: unable to allocate memory");
		}
}

void rk_layout_free(struct rk_layout *layout)
{
	if (layout)
		free(layout->places);
	free(layout);
}

size_t rk_layout_byte(const struct rk_judge *judge, enum rk_region region,
		      uint64_t position, uint64_t *ret_offset)
{
	for (size_t i = 1; i < judge->view.n_sections; i++) {
		const struct rk_place *place = &judge->layout->places[i];
		Elf64_Shdr section = rk_view_section(&judge->view, i);

		if (place->region != region || position < place->offset ||
		    position - place->offset >= section.sh_size)
			continue;
		*ret_offset = position - place->offset;
		return i;
	}
	return 0;
}
