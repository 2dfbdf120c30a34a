/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loaders that check less than today's: those of 6.4 to 6.12, and those before. */
#include <errno.h>

#include "lib/verdict/facts.h"
#include "tests/unit/ko.h"

static void judge_with(struct ko *ko, bool checks_unique,
		       const struct ko_expected *expected)
{
	struct ko_kernel *kernel = ko_kernel("CONFIG_IMA_APPRAISE=y\n", "");
	struct rk_loader_facts facts = rk_loader_facts(&kernel->kernel);
	const struct rk_verdict_target target = {
		.kernel = &kernel->kernel,
		.facts = &facts,
	};
	struct rk_verdict verdict;
	struct rk_error err = RK_ERROR_INIT;

	facts.unpacks = RK_COMPRESSION_XZ;
	facts.kallsyms = true;
	facts.kallsyms_all = true;
	facts.checks_strings = false;
	facts.checks_unique = checks_unique;
	facts.module_namespaces = false;
	facts.appraises_unpacked = false;
	if (EXPECT_INT(rk_verdict_judge(ko_module(ko), &target, &verdict, &err), 0)) {
		ko_expect(&verdict, expected);
		rk_verdict_release(&verdict);
	}
	ko_kernel_free(kernel);
}

#define JUDGES(name, fixture, checks_unique, wanted, damage)                             \
	static void name(void)                                                           \
	{                                                                                \
		const struct ko_expected expected = wanted;                              \
		struct ko ko = ko_open(fixture);                                         \
                                                                                         \
		damage;                                                                  \
		judge_with(&ko, checks_unique, &expected);                               \
		ko_close(&ko);                                                           \
	}

#define ACCEPTED                                                                         \
	{                                                                                \
		.answer = RK_ANSWER_ACCEPT                                               \
	}
#define REFUSED(error, where, text)                                                      \
	{                                                                                \
		RK_ANSWER_REFUSE, error, where, text, NULL                               \
	}
#define FAULTS(where, rule)                                                              \
	{                                                                                \
		.answer = RK_ANSWER_FAULT, .stage = where, .code = rule                  \
	}

/* Name tables at the end of the file, and a page behind them. */
static Elf64_Shdr *names_of(struct ko *ko)
{
	return ko_at(ko, ko_header(ko)->e_shstrndx);
}

static void add_page(struct ko *ko)
{
	static const char page[4096];

	rk_buf_add(&ko->bytes, page, sizeof(page));
}

static uint32_t behind_strings(struct ko *ko)
{
	return (uint32_t)ko_section(ko, ".strtab")->sh_size;
}

/* ---- the names of sections ---- */
JUDGES(section_names_may_be_of_any_type, "plain.ko", true, ACCEPTED,
       names_of(&ko)->sh_type = 0x70000000)
JUDGES(section_names_outside_the_file_are_refused, "plain.ko", true,
       REFUSED(ENOEXEC, "section-names", "Invalid ELF section hdr(type 8)"),
       names_of(&ko)->sh_type = SHT_NOBITS;
       names_of(&ko)->sh_offset = 1ULL << 40)
JUDGES(a_name_behind_the_names_is_read, "plain.ko", true, ACCEPTED,
       ko_section(&ko, ".comment")->sh_name = (uint32_t)names_of(&ko)->sh_size)
JUDGES(a_name_behind_the_names_is_refused_of_a_loaded_section, "plain.ko", true,
       REFUSED(ENOEXEC, "section-names", "Invalid ELF section name in module"),
       ko_section(&ko, ".rodata")->sh_name = (uint32_t)names_of(&ko)->sh_size)
JUDGES(a_wild_name_faults, "plain.ko", true, FAULTS("modinfo", "fault-section-name"),
       ko_section(&ko, ".comment")->sh_name = 0x7fffffff)
JUDGES(a_wild_name_of_an_unused_section_faults_late, "plain.ko", true,
       FAULTS("finalize", "fault-section-name"),
       Elf64_Shdr *section = ko_section(&ko, ".comment");
       section->sh_type = SHT_NULL; section->sh_name = 0x7fffffff)

/* ---- .modinfo and struct module ---- */
JUDGES(a_second_struct_module_without_content_does_not_count, "plain.ko", true, ACCEPTED,
       Elf64_Shdr *section = ko_section(&ko, ".comment");
       section->sh_type = SHT_NOBITS;
       section->sh_name = ko_section(&ko, ".gnu.linkonce.this_module")->sh_name)
JUDGES(two_struct_modules_are_refused, "plain.ko", true,
       REFUSED(ENOEXEC, "this-module",
	       "module fixture: Only one .gnu.linkonce.this_module section must exist."),
       ko_section(&ko, ".comment")->sh_name =
	       ko_section(&ko, ".gnu.linkonce.this_module")->sh_name)
JUDGES(before_that_two_modinfo_sections_are_accepted, "plain.ko", false, ACCEPTED,
       ko_section(&ko, ".comment")->sh_name = ko_section(&ko, ".modinfo")->sh_name)
JUDGES(before_that_the_size_of_struct_module_is_not_compared, "plain.ko", false, ACCEPTED,
       ko_section(&ko, ".gnu.linkonce.this_module")->sh_size = 0x4c0)
JUDGES(before_that_struct_module_must_be_loaded, "plain.ko", false,
       REFUSED(ENOEXEC, "this-module", "fixture: No module found in object"),
       ko_section(&ko, ".gnu.linkonce.this_module")->sh_flags = SHF_WRITE)
JUDGES(before_that_the_first_symbol_table_counts, "plain.ko", false, ACCEPTED,
       Elf64_Shdr *section = ko_section(&ko, ".shstrtab");
       section->sh_type = SHT_SYMTAB; section->sh_link = ko_index(&ko, ".strtab"))

/* ---- symbols and their names ---- */
JUDGES(symbol_names_may_be_of_any_type, "plain.ko", true, ACCEPTED,
       ko_section(&ko, ".strtab")->sh_type = SHT_PROGBITS)
JUDGES(symbol_names_may_be_empty, "plain.ko", true, ACCEPTED,
       ko_section(&ko, ".strtab")->sh_size = 0)
JUDGES(symbol_names_need_no_leading_nul, "plain.ko", true, ACCEPTED,
       ko_bytes(&ko, ".strtab")[0] = 'x')
JUDGES(a_symbol_name_runs_on_behind_the_names, "plain.ko", true,
       REFUSED(ENOENT, "symbols", "fixture: Unknown symbol _printkx (err -2)"), {
	       char *end = ko_bytes(&ko, ".strtab") + behind_strings(&ko);

	       memcpy(end - sizeof("_printk"), "_printkx", sizeof("_printkx") - 1);
	       end[0] = '\0';
	       ko_symbol(&ko, "init_module")[1].st_name =
		       behind_strings(&ko) - sizeof("_printk");
       })
JUDGES(a_symbol_that_is_looked_up_may_have_its_name_elsewhere, "plain.ko", true,
       REFUSED(ENOENT, "symbols", "Unknown symbol  (err -2)"), {
	       uint32_t name =
		       (uint32_t)(ko.bytes.len - ko_section(&ko, ".strtab")->sh_offset);

	       ko_symbol(&ko, "_printk")->st_name = name;
	       add_page(&ko);
       })
JUDGES(a_symbol_that_is_looked_up_faults_where_its_name_is_not_in_the_file, "plain.ko",
       true, FAULTS("symbol-names", "fault-symbol-name"),
       ko_symbol(&ko, "_printk")->st_name = 0x7fffffff)
JUDGES(the_name_of_a_symbol_that_stays_may_end_in_padding, "plain.ko", true, ACCEPTED,
       ko_symbol(&ko, "pointer")->st_name = behind_strings(&ko))
JUDGES(the_name_of_a_symbol_that_stays_faults_behind_the_loaded_page, "plain.ko", true,
       FAULTS("symbol-names", "fault-symbol-name"), add_page(&ko);
       ko_symbol(&ko, "pointer")->st_name = behind_strings(&ko) + 4096)
JUDGES(the_name_of_a_symbol_that_does_not_stay_is_read_while_it_is_there, "plain.ko",
       true, FAULTS("symbol-names", "fault-symbol-name"),
       Elf64_Sym *symbol = ko_symbol(&ko, "pointer");
       symbol->st_shndx = ko_index(&ko, ".comment"); symbol->st_name = 0x7fffffff)
JUDGES(the_name_of_the_first_symbol_is_read, "plain.ko", true,
       FAULTS("symbol-names", "fault-symbol-name"),
       ko_symbol(&ko, "")->st_name = 0x7fffffff)

/* ---- what is new since ---- */
JUDGES(a_module_namespace_is_like_any_other, "importing-module.ko", true, ACCEPTED,
       (void)ko)
JUDGES(a_symbol_for_named_modules_must_be_imported, "for-me.ko", true,
       REFUSED(EINVAL, "symbols", "Unknown symbol mine_thing (err -22)"),
       memcpy(ko_bytes(&ko, ".gnu.linkonce.this_module") + 24, "other", sizeof("other")))
JUDGES(a_packed_file_of_nothing_has_no_header, "plain.ko", true,
       REFUSED(ENOEXEC, "elf-header", "Invalid ELF header len 0"),
       ko.module.compression = RK_COMPRESSION_XZ;
       ko.bytes.len = 0)

static void symbol_names_anywhere_are_survived(void)
{
	struct ko ko = ko_open("plain.ko");
	struct ko_kernel *kernel = ko_kernel("", "");
	struct rk_loader_facts facts = rk_loader_facts(&kernel->kernel);
	const struct rk_verdict_target target = {
		.kernel = &kernel->kernel,
		.facts = &facts,
	};
	struct rk_error err = RK_ERROR_INIT;
	Elf64_Shdr *strings = ko_section(&ko, ".strtab");

	facts.kallsyms = true;
	facts.checks_strings = false;
	strings->sh_type = SHT_NOBITS;
	for (uint64_t offset = 0; offset < ko.bytes.len + 8; offset++) {
		struct rk_module module = *ko_module(&ko);
		struct rk_verdict verdict;

		strings->sh_offset = offset;
		module.data = malloc(ko.bytes.len);
		memcpy(module.data, ko.bytes.data, ko.bytes.len);
		module.size = ko.bytes.len;
		if (EXPECT_INT(rk_verdict_judge(&module, &target, &verdict, &err), 0))
			rk_verdict_release(&verdict);
		free(module.data);
	}
	ko_kernel_free(kernel);
	ko_close(&ko);
}

static const struct test tests[] = {
	TEST(section_names_may_be_of_any_type),
	TEST(section_names_outside_the_file_are_refused),
	TEST(a_name_behind_the_names_is_read),
	TEST(a_name_behind_the_names_is_refused_of_a_loaded_section),
	TEST(a_wild_name_faults),
	TEST(a_wild_name_of_an_unused_section_faults_late),
	TEST(a_second_struct_module_without_content_does_not_count),
	TEST(two_struct_modules_are_refused),
	TEST(before_that_two_modinfo_sections_are_accepted),
	TEST(before_that_the_size_of_struct_module_is_not_compared),
	TEST(before_that_struct_module_must_be_loaded),
	TEST(before_that_the_first_symbol_table_counts),
	TEST(symbol_names_may_be_of_any_type),
	TEST(symbol_names_may_be_empty),
	TEST(symbol_names_need_no_leading_nul),
	TEST(a_symbol_name_runs_on_behind_the_names),
	TEST(a_symbol_that_is_looked_up_may_have_its_name_elsewhere),
	TEST(a_symbol_that_is_looked_up_faults_where_its_name_is_not_in_the_file),
	TEST(the_name_of_a_symbol_that_stays_may_end_in_padding),
	TEST(the_name_of_a_symbol_that_stays_faults_behind_the_loaded_page),
	TEST(the_name_of_a_symbol_that_does_not_stay_is_read_while_it_is_there),
	TEST(the_name_of_the_first_symbol_is_read),
	TEST(a_module_namespace_is_like_any_other),
	TEST(a_symbol_for_named_modules_must_be_imported),
	TEST(a_packed_file_of_nothing_has_no_header),
	TEST(symbol_names_anywhere_are_survived),
};
TAP_MAIN(tests)
