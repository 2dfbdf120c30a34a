/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the loader accepts and the kernel then falls over on x86-64: places that its
 * patching follows without looking, and calls to address 0 in the module's init.
 */
#include <string.h>

#include "lib/verdict/layout.h"

/* A relocation, with what it says taken apart. */
struct reference {
	size_t section; /* the table */
	size_t index;
	size_t target; /* the section that it changes */
	Elf64_Rela rela;
};

/* Each reference into loaded sections. Return: false to stop. */
static void for_each_reference(struct rk_judge *judge, const char *const *targets,
			       bool (*step)(struct rk_judge *judge,
					    const struct reference *reference,
					    void *data),
			       void *data)
{
	struct reference at = {.section = 1};

	for (; at.section < judge->view.n_sections; at.section++) {
		Elf64_Shdr header = rk_view_section(&judge->view, at.section);
		Elf64_Shdr target = rk_view_section(&judge->view, header.sh_info);
		struct rk_bytes relas = rk_view_contents(&judge->view, &header);
		bool wanted = !targets;

		at.target = header.sh_info;
		if (header.sh_type != SHT_RELA || at.target >= judge->view.n_sections ||
		    !rk_judge_is_loaded(judge, at.target, &target))
			continue;
		for (size_t i = 0; targets && targets[i]; i++)
			wanted |= strcmp(rk_view_label(&judge->view, &target),
					 targets[i]) == 0;
		for (at.index = 0; wanted && rk_bytes_rela(relas, at.index, &at.rela);
		     at.index++)
			if (!step(judge, &at, data))
				return;
	}
}

/* ---- tables of code to patch ---- */

/* Whether an offset from a section lies in the memory that it was put in. */
static bool is_inside(const struct rk_judge *judge, size_t section, int64_t offset)
{
	Elf64_Shdr header = rk_view_section(&judge->view, section);
	const struct rk_place *place;
	int64_t position;

	if (offset >= 0 && (uint64_t)offset < header.sh_size)
		return true;
	if (!judge->layout)
		return false;
	place = &judge->layout->places[section];
	if (place->region == RK_REGION_NONE ||
	    __builtin_add_overflow(offset, (int64_t)place->offset, &position))
		return false;
	return position >= 0 && position < judge->layout->sizes[place->region];
}

static bool check_site(struct rk_judge *judge, const struct reference *at, void *data)
{
	struct rk_finding *finding;
	Elf64_Shdr header;
	Elf64_Sym symbol;
	int64_t offset;

	if (ELF64_R_TYPE(at->rela.r_info) != R_X86_64_PC32 ||
	    !rk_bytes_symbol(judge->symbols, ELF64_R_SYM(at->rela.r_info), &symbol) ||
	    symbol.st_shndx == SHN_UNDEF || symbol.st_shndx >= judge->view.n_sections)
		return true;
	header = rk_view_section(&judge->view, symbol.st_shndx);
	if (!rk_judge_is_loaded(judge, symbol.st_shndx, &header))
		return true;
	if (!__builtin_add_overflow((int64_t)symbol.st_value, at->rela.r_addend,
				    &offset) &&
	    is_inside(judge, symbol.st_shndx, offset))
		return true;
	finding = rk_judge_fault(judge, "fault-table",
				 "an entry of %s lies outside the module", (char *)data);
	header = rk_view_section(&judge->view, at->target);
	rk_judge_where(judge, finding, "section %s, entry %zu, offset %lld of section %u",
		       rk_view_label(&judge->view, &header), at->index, (long long)offset,
		       symbol.st_shndx);
	return false;
}

/* module_finalize(): apply_returns() and its kin read the code at each entry. */
void rk_stage_patch_tables(struct rk_judge *judge)
{
	static const char *const tables[] = {
		".altinstructions", ".call_sites",   ".ibt_endbr_seal",
		".retpoline_sites", ".return_sites", ".smp_locks",
	};

	if (judge->facts.arch != RK_ARCH_X86_64)
		return;
	for (size_t i = 0; !judge->failed && i < RK_ARRAY_LEN(tables); i++) {
		const char *const one[] = {tables[i], NULL};

		for_each_reference(judge, one, check_site, (void *)tables[i]);
	}
}

/* ---- calls to nothing ---- */

/* How the module uses a symbol whose address is 0. */
struct usage {
	size_t symbol;
	bool is_tested; /* its address is used otherwise than for a call */
	bool is_called; /* in init_module() */
	struct reference call;
};

struct init {
	size_t section;
	uint64_t start;
	uint64_t end;
	struct usage *usages;
	size_t n_usages;
};

static bool find_init(const struct rk_judge *judge, struct init *ret)
{
	Elf64_Sym symbol;

	for (size_t i = 1; rk_bytes_symbol(judge->symbols, i, &symbol); i++) {
		Elf64_Shdr section;

		if (symbol.st_shndx == SHN_UNDEF ||
		    symbol.st_shndx >= judge->view.n_sections ||
		    strcmp(rk_judge_symbol_name(judge, &symbol), "init_module") != 0)
			continue;
		section = rk_view_section(&judge->view, symbol.st_shndx);
		ret->section = symbol.st_shndx;
		ret->start = symbol.st_value;
		if (symbol.st_size == 0 ||
		    __builtin_add_overflow(ret->start, symbol.st_size, &ret->end))
			ret->end = section.sh_size;
		return true;
	}
	return false;
}

/* The byte before the place: call or jmp. */
static bool is_call(const struct rk_judge *judge, const struct reference *at)
{
	enum {
		CALL = 0xe8,
		JMP = 0xe9,
	};
	Elf64_Shdr section = rk_view_section(&judge->view, at->target);
	struct rk_bytes bytes = rk_view_contents(&judge->view, &section);
	uint32_t type = ELF64_R_TYPE(at->rela.r_info);

	if ((type != R_X86_64_PC32 && type != R_X86_64_PLT32) || at->rela.r_offset == 0 ||
	    at->rela.r_offset > bytes.size)
		return false;
	return bytes.data[at->rela.r_offset - 1] == CALL ||
	       bytes.data[at->rela.r_offset - 1] == JMP;
}

static bool note_usage(struct rk_judge *judge, const struct reference *at, void *data)
{
	struct init *init = data;

	for (size_t i = 0; i < init->n_usages; i++) {
		struct usage *usage = &init->usages[i];

		if (usage->symbol != ELF64_R_SYM(at->rela.r_info) ||
		    ELF64_R_TYPE(at->rela.r_info) == R_X86_64_NONE)
			continue;
		if (!is_call(judge, at)) {
			usage->is_tested = true;
		} else if (at->target == init->section &&
			   at->rela.r_offset >= init->start &&
			   at->rela.r_offset < init->end) {
			usage->is_called = true;
			usage->call = *at;
		}
	}
	return true;
}

static void fault_call(struct rk_judge *judge, const struct usage *usage)
{
	Elf64_Shdr section = rk_view_section(&judge->view, usage->call.section);
	struct rk_finding *finding;
	Elf64_Sym symbol;

	rk_bytes_symbol(judge->symbols, usage->symbol, &symbol);
	finding = rk_judge_fault(judge, "fault-call",
				 "init_module() calls '%s', which is at address 0",
				 rk_judge_symbol_name(judge, &symbol));
	rk_judge_where(judge, finding, "section %s, entry %zu",
		       rk_view_label(&judge->view, &section), usage->call.index);
	rk_judge_why(judge, finding, "%s", finding->kind->cause);
	rk_judge_fix(judge, finding, "%s", finding->kind->cure);
}

/* do_init_module(). A symbol whose address is looked at first may be missing. */
void rk_stage_init(struct rk_judge *judge)
{
	struct usage usages[RK_ARRAY_LEN(judge->nowhere)] = {{0}};
	struct init init = {.usages = usages, .n_usages = judge->n_nowhere};

	if (judge->facts.arch != RK_ARCH_X86_64 || judge->n_nowhere == 0 ||
	    !find_init(judge, &init))
		return;
	for (size_t i = 0; i < judge->n_nowhere; i++)
		usages[i].symbol = judge->nowhere[i];
	for_each_reference(judge, NULL, note_usage, &init);
	for (size_t i = 0; i < judge->n_nowhere && !judge->failed; i++)
		if (usages[i].is_called && !usages[i].is_tested)
			fault_call(judge, &usages[i]);
}
