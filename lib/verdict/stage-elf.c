/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel/module/main.c: elf_validity_cache_copy(), in its order. All are ENOEXEC. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "lib/verdict/judge.h"

static const char cut_off[] = "build or copy the file again";

void rk_stage_file(struct rk_judge *judge)
{
	const struct rk_module *module = judge->module;

	rk_view_init(&judge->view, module->data, module->size);
	judge->signature.size = module->size;
	if (!judge->facts.known)
		rk_judge_doubt(judge,
			       "no target kernel is known: the file alone is judged");
	if (module->size == 0 && module->compression == RK_COMPRESSION_NONE)
		rk_judge_refuse(judge, EINVAL, "file-size", "the file is empty");
	else if (module->size > INT_MAX)
		rk_judge_refuse(judge, EFBIG, "file-size", "the file has %zu bytes",
				module->size);
}

/* Which e_machine the target's loader takes; 0: not known here. */
static unsigned int expected_machine(enum rk_arch arch)
{
	switch (arch) {
	case RK_ARCH_X86_64:
		return EM_X86_64;
	case RK_ARCH_ARM64:
		return EM_AARCH64;
	case RK_ARCH_RISCV:
		return EM_RISCV;
	default:
		return 0;
	}
}

static bool check_machine(struct rk_judge *judge)
{
	const Elf64_Ehdr *header = &judge->view.header;
	unsigned int expected = expected_machine(judge->facts.arch);
	struct rk_finding *finding;

	/* riscv alone looks at the class. */
	if (expected == 0 ||
	    (header->e_machine == expected &&
	     (expected != EM_RISCV || header->e_ident[EI_CLASS] == ELFCLASS64)))
		return true;
	finding = rk_judge_refuse(
		judge, ENOEXEC, "elf-header",
		"made for another processor: e_machine is %u, the kernel wants %u",
		header->e_machine, expected);
	rk_judge_where(judge, finding, "ELF header, e_machine");
	rk_judge_message(judge, "Invalid architecture in ELF header: %u",
			 header->e_machine);
	return false;
}

void rk_stage_header(struct rk_judge *judge)
{
	const Elf64_Ehdr *header = &judge->view.header;
	struct rk_finding *finding;

	if (judge->view.file.size < sizeof(*header)) {
		finding = rk_judge_refuse(
			judge, ENOEXEC, "elf-header",
			"the file is too short for an ELF header: %zu bytes",
			judge->view.file.size);
		rk_judge_fix(judge, finding, "%s", cut_off);
		rk_judge_message(judge, "Invalid ELF header len %zu",
				 judge->view.file.size);
		return;
	}
	if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) {
		finding = rk_judge_refuse(judge, ENOEXEC, "elf-header",
					  "this is no ELF file");
		rk_judge_where(judge, finding, "ELF header, offset 0");
		rk_judge_message(judge, "Invalid ELF header magic: != %s", ELFMAG);
		return;
	}
	if (header->e_type != ET_REL) {
		finding = rk_judge_refuse(
			judge, ENOEXEC, "elf-header",
			"no relocatable file: e_type is %u, that of a module is %u",
			header->e_type, ET_REL);
		rk_judge_where(judge, finding, "ELF header, e_type");
		rk_judge_message(judge, "Invalid ELF header type: %u != %u",
				 header->e_type, ET_REL);
		return;
	}
	check_machine(judge);
}

static bool check_first_section(struct rk_judge *judge)
{
	Elf64_Shdr first = rk_view_section(&judge->view, 0);

	/* e_shnum may be 0: the loader reads the first header all the same. */
	if (judge->view.n_sections == 0) {
		struct rk_bytes bytes;

		if (!rk_view_range(&judge->view, judge->view.header.e_shoff,
				   sizeof(first), &bytes))
			return true;
		memcpy(&first, bytes.data, sizeof(first));
	}
	if (first.sh_type == SHT_NULL && first.sh_size == 0 && first.sh_addr == 0)
		return true;
	rk_judge_refuse(judge, ENOEXEC, "elf-sections",
			"section 0 is not empty (type %u, size %llu)", first.sh_type,
			(unsigned long long)first.sh_size);
	rk_judge_message(
		judge,
		"ELF Spec violation: section 0 type(%d)!=SH_NULL or non-zero len or addr",
		(int)first.sh_type);
	return false;
}

static bool check_contents(struct rk_judge *judge, size_t index)
{
	Elf64_Shdr section = rk_view_section(&judge->view, index);
	struct rk_bytes contents;
	struct rk_finding *finding;

	if (section.sh_type == SHT_NULL || section.sh_type == SHT_NOBITS ||
	    rk_view_range(&judge->view, section.sh_offset, section.sh_size, &contents))
		return true;
	finding = rk_judge_refuse(
		judge, ENOEXEC, "elf-sections",
		"section %zu lies outside the file: offset %llu, size %llu, file %zu bytes",
		index, (unsigned long long)section.sh_offset,
		(unsigned long long)section.sh_size, judge->view.file.size);
	rk_judge_where(judge, finding, "section header %zu", index);
	rk_judge_fix(judge, finding, "%s", cut_off);
	rk_judge_message(judge, "Invalid ELF section in module (section %zu type %u)",
			 index, section.sh_type);
	return false;
}

void rk_stage_section_table(struct rk_judge *judge)
{
	const Elf64_Ehdr *header = &judge->view.header;
	struct rk_finding *finding;

	if (header->e_shentsize != sizeof(Elf64_Shdr)) {
		rk_judge_refuse(judge, ENOEXEC, "elf-sections",
				"section headers of %u bytes instead of %zu",
				header->e_shentsize, sizeof(Elf64_Shdr));
		rk_judge_message(judge, "Invalid ELF section header size");
		return;
	}
	if (!rk_view_set_sections(&judge->view)) {
		finding = rk_judge_refuse(
			judge, ENOEXEC, "elf-sections",
			"the table of %u sections at offset %llu lies outside the file of %zu bytes",
			header->e_shnum, (unsigned long long)header->e_shoff,
			judge->view.file.size);
		rk_judge_where(judge, finding, "ELF header, e_shoff");
		rk_judge_fix(judge, finding, "%s", cut_off);
		rk_judge_message(judge, "Invalid ELF section header overflow");
		return;
	}
	if (!check_first_section(judge))
		return;
	for (size_t i = 1; i < judge->view.n_sections; i++)
		if (!check_contents(judge, i))
			return;
}

static bool check_name_table(struct rk_judge *judge, const Elf64_Shdr *table)
{
	struct rk_bytes names;

	if (table->sh_type != SHT_STRTAB && judge->facts.checks_strings) {
		rk_judge_refuse(judge, ENOEXEC, "elf-names",
				"the section names are in no string table (type %u)",
				table->sh_type);
		rk_judge_message(judge, "Invalid ELF section name table type: %u",
				 table->sh_type);
		return false;
	}
	/* Whatever its type is. */
	if (!rk_view_range(&judge->view, table->sh_offset, table->sh_size, &names)) {
		rk_judge_refuse(judge, ENOEXEC, "elf-names",
				"the table of section names lies outside the file");
		rk_judge_message(judge, "Invalid ELF section hdr(type %u)",
				 table->sh_type);
		return false;
	}
	if (names.size == 0) {
		rk_judge_refuse(judge, ENOEXEC, "elf-names",
				"the table of section names is empty");
		rk_judge_message(judge, "empty section name table");
		return false;
	}
	if (names.data[names.size - 1] != '\0') {
		rk_judge_refuse(judge, ENOEXEC, "elf-names",
				"the table of section names does not end with NUL");
		rk_judge_message(
			judge,
			"ELF Spec violation: section name table isn't null terminated");
		return false;
	}
	return true;
}

/* Where not all are, those of sections that the file gives the kernel's memory. */
static bool is_name_checked(const struct rk_judge *judge, const Elf64_Shdr *section)
{
	return section->sh_type != SHT_NULL &&
	       (judge->facts.checks_strings ||
		(section->sh_type != SHT_NOBITS && section->sh_flags & SHF_ALLOC));
}

void rk_stage_section_names(struct rk_judge *judge)
{
	const Elf64_Ehdr *header = &judge->view.header;
	Elf64_Shdr table = rk_view_section(&judge->view, header->e_shstrndx);

	if (header->e_shstrndx == SHN_UNDEF || header->e_shstrndx >= header->e_shnum) {
		rk_judge_refuse(judge, ENOEXEC, "elf-names",
				"section %u, which should hold the names, is not there",
				header->e_shstrndx);
		rk_judge_message(
			judge,
			"Invalid ELF section name index: %d || e_shstrndx (%d) >= e_shnum (%d)",
			header->e_shstrndx, header->e_shstrndx, header->e_shnum);
		return;
	}
	if (!check_name_table(judge, &table) || !rk_view_set_names(&judge->view, &table))
		return;
	for (size_t i = 0; i < judge->view.n_sections; i++) {
		Elf64_Shdr section = rk_view_section(&judge->view, i);

		if (!is_name_checked(judge, &section) || section.sh_name < table.sh_size)
			continue;
		rk_judge_refuse(judge, ENOEXEC, "elf-names",
				"the name of section %zu lies outside the names", i);
		rk_judge_message(
			judge, "Invalid ELF section name in module (section %zu type %u)",
			i, section.sh_type);
		return;
	}
}

/* Those that count as .modinfo and struct module. */
static bool is_candidate(const struct rk_judge *judge, const Elf64_Shdr *section)
{
	if (!judge->facts.checks_unique)
		return section->sh_flags & SHF_ALLOC;
	return judge->facts.checks_strings ||
	       (section->sh_type != SHT_NULL && section->sh_type != SHT_NOBITS);
}

/* The loader compares names with strcmp(), and has not checked all of them. */
static bool check_unread_names(struct rk_judge *judge)
{
	for (size_t i = 1; i < judge->view.n_sections; i++) {
		Elf64_Shdr section = rk_view_section(&judge->view, i);
		struct rk_finding *finding;

		if (!is_candidate(judge, &section) ||
		    rk_view_name(&judge->view, &section))
			continue;
		finding = rk_judge_fault(
			judge, "fault-section-name",
			"the name of section %zu lies at 0x%x, outside the file", i,
			section.sh_name);
		rk_judge_where(judge, finding, "section header %zu, sh_name", i);
		rk_judge_why(judge, finding, "the loader reads this name unchecked");
		return false;
	}
	return true;
}

/* The last one of that name; the first where more than one may be there. */
static size_t find_section(const struct rk_judge *judge, const char *name,
			   size_t *ret_count)
{
	size_t found = 0;

	*ret_count = 0;
	for (size_t i = 1; i < judge->view.n_sections; i++) {
		Elf64_Shdr section = rk_view_section(&judge->view, i);
		const char *own = rk_view_name(&judge->view, &section);

		if (!own || strcmp(own, name) != 0 || !is_candidate(judge, &section))
			continue;
		found = i;
		++*ret_count;
		if (!judge->facts.checks_unique)
			break;
	}
	return found;
}

void rk_stage_modinfo(struct rk_judge *judge)
{
	Elf64_Shdr section;
	size_t count;

	if (!check_unread_names(judge))
		return;
	judge->info_index = find_section(judge, ".modinfo", &count);
	if (count > 1) {
		rk_judge_refuse(judge, ENOEXEC, "elf-modinfo",
				"there are %zu .modinfo sections", count);
		rk_judge_message(judge, "Only one .modinfo section must exist.");
		return;
	}
	/* Without one the loader looks at section 0: it reads what stands there. */
	section = rk_view_section(&judge->view, judge->info_index);
	judge->modinfo = rk_modinfo_open(&judge->view, &section);
	if (!judge->modinfo.text) {
		struct rk_finding *finding = rk_judge_fault(
			judge, "fault-modinfo",
			"the content of section %zu (.modinfo) lies outside the file",
			judge->info_index);

		rk_judge_where(judge, finding, "section header %zu, sh_offset",
			       judge->info_index);
		return;
	}
	if (judge->info_index)
		judge->info_name = rk_modinfo_get(&judge->modinfo, "name");
	if (!judge->info_name)
		judge->info_name = "";
}

const char *rk_judge_info_name(const struct rk_judge *judge)
{
	return judge->info_name[0] ? judge->info_name
				   : "(missing .modinfo section or name field)";
}

static void take_module_name(struct rk_judge *judge, const Elf64_Shdr *section)
{
	enum {
		NAME_OFFSET = 24, /* after the state and a list head */
	};
	struct rk_bytes bytes = rk_view_contents(&judge->view, section);

	if (bytes.size >= NAME_OFFSET + RK_MODULE_NAME_SIZE)
		memcpy(judge->name, bytes.data + NAME_OFFSET, RK_MODULE_NAME_SIZE);
	if (!judge->info_name[0])
		judge->info_name = judge->name;
}

/* Each is ENOEXEC, and the message begins alike. */
static void refuse_module(struct rk_judge *judge, const char *code, const char *what,
			  const char *message)
{
	struct rk_finding *finding = rk_judge_refuse(judge, ENOEXEC, code, "%s", what);

	rk_judge_where(judge, finding, "section .gnu.linkonce.this_module");
	rk_judge_message(judge, "module %s: .gnu.linkonce.this_module %s",
			 rk_judge_info_name(judge), message);
}

static void check_module_size(struct rk_judge *judge, uint64_t size)
{
	size_t expected = judge->facts.module_size;
	struct rk_finding *finding;
	char what[160];

	if (!judge->facts.checks_unique)
		return;
	if (expected == 0) {
		if (judge->facts.known)
			rk_judge_doubt(
				judge,
				"sizeof(struct module) of the target kernel is not known; the module's has %llu bytes",
				(unsigned long long)size);
		return;
	}
	if (size == expected)
		return;
	snprintf(what, sizeof(what),
		 "the module's struct module has %llu bytes, the kernel's %zu",
		 (unsigned long long)size, expected);
	refuse_module(
		judge, "struct-module-size", what,
		"section size must match the kernel's built struct module size at run time");
	finding = &judge->verdict->findings.items[judge->verdict->findings.n_items - 1];
	rk_judge_why(judge, finding,
		     "the module was built for another kernel release or configuration");
}

void rk_stage_this_module(struct rk_judge *judge)
{
	Elf64_Shdr section;
	size_t count;
	size_t index = find_section(judge, ".gnu.linkonce.this_module", &count);

	if (count != 1) {
		struct rk_finding *finding = rk_judge_refuse(
			judge, ENOEXEC, "elf-this-module",
			"there are %zu sections .gnu.linkonce.this_module instead of one",
			count);

		rk_judge_fix(judge, finding,
			     "build it with Kbuild up to the .ko; an .o is no module");
		if (judge->facts.checks_unique)
			rk_judge_message(
				judge,
				"module %s: %s one .gnu.linkonce.this_module section must exist.",
				rk_judge_info_name(judge),
				judge->facts.checks_strings ? "Exactly" : "Only");
		else
			rk_judge_message(judge, "%s: No module found in object",
					 rk_judge_info_name(judge));
		return;
	}
	section = rk_view_section(&judge->view, index);
	if (section.sh_type == SHT_NOBITS && judge->facts.checks_unique) {
		refuse_module(judge, "elf-this-module", "struct module has no content",
			      "section must have a size set");
		return;
	}
	if (!(section.sh_flags & SHF_ALLOC)) {
		refuse_module(judge, "elf-this-module", "struct module is not loaded",
			      "must occupy memory during process execution");
		return;
	}
	judge->this_index = index;
	take_module_name(judge, &section);
	check_module_size(judge, section.sh_size);
}
