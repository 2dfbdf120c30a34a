/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the loader demands of sections beyond their being there. */
#include <errno.h>
#include <string.h>

#include "lib/verdict/judge.h"

static bool has_section(const struct rk_judge *judge, const char *name)
{
	size_t count;

	rk_view_find_any(&judge->view, name, &count);
	return count != 0;
}

/* module_frob_arch_sections() */
void rk_stage_arch_sections(struct rk_judge *judge)
{
	static const struct {
		enum rk_arch arch;
		const char *section;
		const char *kind;
	} needed[] = {
		{RK_ARCH_ARM64, ".plt", "PLT"},
		{RK_ARCH_ARM64, ".init.plt", "PLT"},
		{RK_ARCH_RISCV, ".plt", "PLT"},
		{RK_ARCH_RISCV, ".got", "GOT"},
		{RK_ARCH_RISCV, ".got.plt", "GOT.PLT"},
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(needed); i++) {
		if (needed[i].arch != judge->facts.arch ||
		    has_section(judge, needed[i].section))
			continue;
		rk_judge_refuse(judge, ENOEXEC, "arch-sections",
				"there is no section %s, which this architecture needs",
				needed[i].section);
		rk_judge_message(judge, "%s: module %s section(s) missing", judge->name,
				 needed[i].kind);
		return;
	}
}

/* module_enforce_rwx_sections(): index 0 and sections that are not loaded, too. */
void rk_stage_section_flags(struct rk_judge *judge)
{
	const uint64_t both = SHF_WRITE | SHF_EXECINSTR;

	if (!judge->facts.strict_module_rwx)
		return;
	for (size_t i = 0; i < judge->view.n_sections; i++) {
		Elf64_Shdr section = rk_view_section(&judge->view, i);
		struct rk_finding *finding;

		if ((section.sh_flags & both) != both)
			continue;
		finding = rk_judge_refuse(judge, ENOEXEC, "section-writable-code",
					  "section %s is writable and executable",
					  rk_view_label(&judge->view, &section));
		rk_judge_where(judge, finding, "section header %zu, sh_flags", i);
		rk_judge_message(
			judge, "%s: section %s (index %zu) has invalid WRITE|EXEC flags",
			judge->name, rk_view_label(&judge->view, &section), i);
		return;
	}
}

/* percpu_modalloc() */
void rk_stage_percpu(struct rk_judge *judge)
{
	enum {
		RESERVE = 8192, /* PERCPU_MODULE_RESERVE, shared by all modules */
	};
	Elf64_Shdr section = rk_view_section(&judge->view, judge->percpu_index);

	if (judge->percpu_index == 0 || section.sh_size == 0 ||
	    (judge->facts.smp && section.sh_size <= RESERVE))
		return;
	rk_judge_refuse(judge, ENOMEM, "percpu-size",
			"%llu bytes of static per-CPU data; all modules share %d",
			(unsigned long long)section.sh_size,
			judge->facts.smp ? RESERVE : 0);
	rk_judge_message(judge, "%s: Could not allocate %llu bytes percpu data",
			 judge->name, (unsigned long long)section.sh_size);
}

void rk_stage_constructors(struct rk_judge *judge)
{
	if (!judge->facts.constructors || !rk_view_find_loaded(&judge->view, ".ctors") ||
	    !rk_view_find_loaded(&judge->view, ".init_array"))
		return;
	rk_judge_refuse(judge, EINVAL, "ctors-twice",
			"the module has both .ctors and .init_array");
	rk_judge_message(judge, "%s: has both .ctors and .init_array.", judge->name);
}

/* add_kallsyms(): the first symbol, which nobody looked at before, counts as one. */
void rk_stage_kallsyms(struct rk_judge *judge)
{
	struct rk_finding *finding;
	Elf64_Sym first;

	if (!judge->facts.kallsyms || !rk_bytes_symbol(judge->symbols, 0, &first) ||
	    ELF64_ST_BIND(first.st_info) == STB_WEAK ||
	    first.st_shndx < judge->view.n_sections || first.st_shndx >= SHN_LORESERVE)
		return;
	finding = rk_judge_fault(judge, "fault-first-symbol",
				 "the first symbol lies in section %u of %zu",
				 first.st_shndx, judge->view.n_sections);
	rk_judge_where(judge, finding, "symbol table, entry 0, st_shndx");
}

/* module_finalize() walks all names, from section 0 on, which nobody has looked at. */
void rk_stage_finalize(struct rk_judge *judge)
{
	for (size_t i = 0; i < judge->view.n_sections; i++) {
		Elf64_Shdr section = rk_view_section(&judge->view, i);
		struct rk_finding *finding;

		if (judge->facts.arch == RK_ARCH_RISCV ||
		    rk_view_name(&judge->view, &section))
			continue;
		finding = rk_judge_fault(
			judge, "fault-section-name",
			"the name of section %zu lies at 0x%x, outside the file", i,
			section.sh_name);
		rk_judge_where(judge, finding, "section header %zu, sh_name", i);
		return;
	}
}

/* find_module_all() asks for the length of every loaded module's name, and the fortified
 * strlen() stops the kernel where it has no end. */
static void check_name_end(struct rk_judge *judge)
{
	if (judge->name[RK_MODULE_NAME_SIZE - 1] == '\0')
		return;
	rk_judge_where(judge,
		       rk_judge_fault(judge, "fault-module-name",
				      "the name in struct module has no end"),
		       "section .gnu.linkonce.this_module");
}

/* complete_formation() writes the state into struct module. */
void rk_stage_formation(struct rk_judge *judge)
{
	Elf64_Shdr section = rk_view_section(&judge->view, judge->this_index);

	check_name_end(judge);
	if (section.sh_flags & SHF_WRITE || !judge->facts.strict_module_rwx)
		return;
	rk_judge_where(
		judge,
		rk_judge_fault(judge, "fault-read-only-module",
			       "struct module is in a section that is not writable"),
		"section .gnu.linkonce.this_module, sh_flags");
}

struct named {
	const char *name;
	size_t index;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

/* add_sect_attrs(): loaded sections that are not empty get a file each. */
static size_t collect_names(const struct rk_judge *judge, struct named *names)
{
	size_t n = 0;

	for (size_t i = 0; i < judge->view.n_sections; i++) {
		Elf64_Shdr section = rk_view_section(&judge->view, i);

		if (section.sh_size == 0 || !rk_judge_is_loaded(judge, i, &section))
			continue;
		names[n++] = (struct named){rk_view_label(&judge->view, &section), i};
	}
	return n;
}

static void check_duplicates(struct rk_judge *judge)
{
	cleanup_free struct named *names =
		calloc(judge->view.n_sections + 1, sizeof(*names));
	size_t n;

	if (!names) {
		judge->no_memory = true;
		return;
	}
	n = collect_names(judge, names);
	qsort(names, n, sizeof(*names), by_name);
	for (size_t i = 1; i < n; i++) {
		struct rk_finding *finding;

		if (strcmp(names[i - 1].name, names[i].name) != 0)
			continue;
		finding = rk_judge_refuse(judge, EEXIST, "section-duplicate",
					  "two loaded sections are called %s",
					  names[i].name);
		rk_judge_where(judge, finding, "section headers %zu and %zu",
			       names[i - 1].index, names[i].index);
		rk_judge_message(
			judge,
			"sysfs: cannot create duplicate filename '/module/%s/sections/%s'",
			judge->name, names[i].name);
		return;
	}
}

void rk_stage_sysfs(struct rk_judge *judge)
{
	if (judge->this_index && judge->name[0] == '\0') {
		rk_judge_refuse(judge, EINVAL, "module-name",
				"the module's name in struct module is empty");
		return;
	}
	check_duplicates(judge);
}
