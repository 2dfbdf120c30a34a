/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The symbol table and its names: elf_validity_cache_copy(), and what happens later to
 * names that it does not check. */
#include <errno.h>
#include <string.h>

#include "lib/verdict/layout.h"

enum {
	PAGE = 4096,
};

void rk_stage_symbol_table(struct rk_judge *judge)
{
	Elf64_Shdr section;
	size_t count = 0;

	for (size_t i = 1; i < judge->view.n_sections; i++) {
		section = rk_view_section(&judge->view, i);
		if (section.sh_type != SHT_SYMTAB)
			continue;
		if (count++ == 0 || judge->facts.checks_unique)
			judge->symtab_index = i;
	}
	if (count == 1 || (count > 1 && !judge->facts.checks_unique)) {
		section = rk_view_section(&judge->view, judge->symtab_index);
		judge->symbols = rk_view_contents(&judge->view, &section);
		return;
	}
	rk_judge_refuse(judge, ENOEXEC, "elf-symbols",
			"there are %zu symbol tables instead of one", count);
	rk_judge_message(judge, "%s: module has no symbols (stripped?)",
			 rk_judge_info_name(judge));
}

/* A loader that checks neither the table nor the names reads them wherever they are in
 * the file; cut behind the last NUL, so that all have an end. */
static struct rk_bytes unchecked_strings(const struct rk_judge *judge, uint64_t offset)
{
	struct rk_bytes file = judge->view.file;
	const uint8_t *last;

	if (offset >= file.size)
		return (struct rk_bytes){0};
	last = memrchr(file.data + offset, 0, file.size - offset);
	return (struct rk_bytes){file.data + offset,
				 last ? (size_t)(last + 1 - file.data) - offset : 0};
}

void rk_stage_string_table(struct rk_judge *judge)
{
	Elf64_Shdr symtab = rk_view_section(&judge->view, judge->symtab_index);
	Elf64_Shdr strtab = rk_view_section(&judge->view, symtab.sh_link);

	if (symtab.sh_link == SHN_UNDEF || symtab.sh_link >= judge->view.n_sections) {
		rk_judge_refuse(
			judge, ENOEXEC, "elf-strings",
			"section %u, which should hold the symbol names, is not there",
			symtab.sh_link);
		rk_judge_message(
			judge,
			"Invalid ELF sh_link!=SHN_UNDEF(%d) or (sh_link(%d) >= hdr->e_shnum(%d)",
			(int)symtab.sh_link, (int)symtab.sh_link,
			judge->view.header.e_shnum);
		return;
	}
	if (strtab.sh_type != SHT_STRTAB && judge->facts.checks_strings) {
		rk_judge_refuse(judge, ENOEXEC, "elf-strings",
				"the symbol names are in no string table (type %u)",
				strtab.sh_type);
		rk_judge_message(judge, "Invalid ELF symbol string table type: %u",
				 strtab.sh_type);
		return;
	}
	judge->strtab_index = symtab.sh_link;
	if (judge->facts.checks_strings)
		judge->strings = rk_view_contents(&judge->view, &strtab);
	else
		judge->strings = unchecked_strings(judge, strtab.sh_offset);
}

static bool check_strings(struct rk_judge *judge)
{
	struct rk_bytes strings = judge->strings;

	if (strings.size == 0) {
		rk_judge_refuse(judge, ENOEXEC, "elf-strings",
				"the table of symbol names is empty");
		rk_judge_message(judge, "empty symbol string table");
		return false;
	}
	if (strings.data[0] != '\0') {
		rk_judge_refuse(judge, ENOEXEC, "elf-strings",
				"the table of symbol names does not begin with NUL");
		rk_judge_message(judge, "symbol string table missing leading NUL");
		return false;
	}
	if (strings.data[strings.size - 1] != '\0') {
		rk_judge_refuse(judge, ENOEXEC, "elf-strings",
				"the table of symbol names does not end with NUL");
		rk_judge_message(judge, "symbol string table isn't NUL terminated");
		return false;
	}
	return true;
}

void rk_stage_strings(struct rk_judge *judge)
{
	Elf64_Sym symbol;

	if (!judge->facts.checks_strings || !check_strings(judge))
		return;
	for (size_t i = 0; rk_bytes_symbol(judge->symbols, i, &symbol); i++) {
		struct rk_finding *finding;

		if (symbol.st_name < judge->strings.size)
			continue;
		finding = rk_judge_refuse(
			judge, ENOEXEC, "elf-strings",
			"the name of symbol %zu lies outside the symbol names", i);
		rk_judge_where(judge, finding, "symbol table, entry %zu, st_name", i);
		rk_judge_message(judge, "symbol name out of bounds in string table");
		return;
	}
}

/* is_core_symbol(): of a section that stays when init is over. */
static bool is_core(const struct rk_judge *judge, const Elf64_Sym *symbol)
{
	Elf64_Shdr section = rk_view_section(&judge->view, symbol->st_shndx);
	enum rk_region region;

	if (symbol->st_shndx == SHN_UNDEF || symbol->st_name == 0 ||
	    symbol->st_shndx >= judge->view.n_sections)
		return false;
	if (judge->percpu_index && symbol->st_shndx == judge->percpu_index)
		return judge->facts.kallsyms_all;
	region = judge->layout->places[symbol->st_shndx].region;
	return region < RK_REGION_INIT_TEXT &&
	       (judge->facts.kallsyms_all || section.sh_flags & SHF_EXECINSTR);
}

static bool is_kept(const struct rk_judge *judge, size_t index, const Elf64_Sym *symbol)
{
	/* A livepatch keeps all. */
	return judge->facts.kallsyms && (index == 0 || is_core(judge, symbol) ||
					 judge->taints & 1U << RK_TAINT_LIVEPATCH);
}

/* The table is the last of what init uses; the rest of its page is nobody's. */
static bool is_behind_table(const struct rk_judge *judge, const Elf64_Sym *symbol)
{
	Elf64_Shdr strtab = rk_view_section(&judge->view, judge->strtab_index);
	uint64_t end = judge->layout->sizes[RK_REGION_INIT_DATA];
	uint64_t last = (end + PAGE - 1) / PAGE * PAGE;

	return symbol->st_name >= strtab.sh_size &&
	       end - strtab.sh_size + symbol->st_name >= last;
}

static void fault_name(struct rk_judge *judge, size_t index, const Elf64_Sym *symbol)
{
	struct rk_finding *finding =
		rk_judge_fault(judge, "fault-symbol-name",
			       "the name of symbol %zu lies at 0x%x, outside the names",
			       index, symbol->st_name);

	rk_judge_where(judge, finding, "symbol table, entry %zu, st_name", index);
	rk_judge_why(judge, finding, "%s", finding->kind->cause);
}

/*
 * Loaders that check no name of a symbol read some all the same: layout_symtab() measures
 * the names that kallsyms keeps, in the file, and simplify_symbols() reads those that it
 * looks up there. add_kallsyms() copies from where the table came to lie, and there
 * find_kallsyms_symbol() reads all of defined symbols, when ftrace asks for a function.
 */
void rk_stage_symbol_names(struct rk_judge *judge)
{
	Elf64_Sym symbol;

	if (judge->facts.checks_strings || !judge->layout || !judge->layout->places)
		return;
	for (size_t i = 0; rk_bytes_symbol(judge->symbols, i, &symbol); i++) {
		bool looked_up = i && (symbol.st_shndx == SHN_UNDEF ||
				       symbol.st_shndx == SHN_COMMON);
		bool in_file = looked_up || is_kept(judge, i, &symbol);
		bool in_memory =
			judge->facts.kallsyms && (i == 0 || symbol.st_shndx != SHN_UNDEF);

		if ((in_file && symbol.st_name >= judge->strings.size) ||
		    (in_memory && is_behind_table(judge, &symbol))) {
			fault_name(judge, i, &symbol);
			return;
		}
	}
}
