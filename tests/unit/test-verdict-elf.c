/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stages that read the file itself: a good base, and damage field by field. */
#include <errno.h>

#include "tests/unit/ko.h"

static void judge_plain(struct ko *ko, const struct ko_expected *expected)
{
	struct ko_kernel *kernel = ko_kernel("", "");

	ko_judge(ko, NULL, kernel, expected);
	ko_kernel_free(kernel);
}

/* A test whose name is @name: after @damage the module is accepted. */
#define ACCEPTS(name, damage)                                                            \
	static void name(void)                                                           \
	{                                                                                \
		const struct ko_expected expected = {.answer = RK_ANSWER_ACCEPT};        \
		struct ko ko = ko_open("plain.ko");                                      \
                                                                                         \
		damage;                                                                  \
		judge_plain(&ko, &expected);                                             \
		ko_close(&ko);                                                           \
	}

#define REFUSES(name, error, where, text, damage)                                        \
	static void name(void)                                                           \
	{                                                                                \
		const struct ko_expected expected = {RK_ANSWER_REFUSE, error, where,     \
						     text, NULL};                        \
		struct ko ko = ko_open("plain.ko");                                      \
                                                                                         \
		damage;                                                                  \
		judge_plain(&ko, &expected);                                             \
		ko_close(&ko);                                                           \
	}

#define FAULTS(name, where, rule, damage)                                                \
	static void name(void)                                                           \
	{                                                                                \
		const struct ko_expected expected = {                                    \
			.answer = RK_ANSWER_FAULT, .stage = where, .code = rule};        \
		struct ko ko = ko_open("plain.ko");                                      \
                                                                                         \
		damage;                                                                  \
		judge_plain(&ko, &expected);                                             \
		ko_close(&ko);                                                           \
	}

static void cut(struct ko *ko, size_t size)
{
	rk_buf_truncate(&ko->bytes, size);
}

/* ---- the header ---- */
ACCEPTS(the_undamaged_module_is_accepted, (void)ko)
ACCEPTS(fields_that_the_loader_ignores_do_not_matter,
	memset(ko_header(&ko)->e_ident + EI_CLASS, 0xff, EI_NIDENT - EI_CLASS);
	ko_header(&ko)->e_version = 0; ko_header(&ko)->e_flags = ~0U;
	ko_header(&ko)->e_ehsize = 0; ko_header(&ko)->e_phoff = ~0ULL)
ACCEPTS(bytes_behind_the_end_do_not_matter, rk_buf_add(&ko.bytes, "0123456789", 10))
REFUSES(an_empty_file_is_refused, EINVAL, "file", "", cut(&ko, 0))
REFUSES(a_file_shorter_than_the_header_is_refused, ENOEXEC, "elf-header",
	"Invalid ELF header len 63", cut(&ko, 63))
REFUSES(another_magic_is_refused, ENOEXEC, "elf-header", "Invalid ELF header magic",
	ko.bytes.data[0] = 0x7e)
REFUSES(a_shared_object_is_refused, ENOEXEC, "elf-header",
	"Invalid ELF header type: 3 != 1", ko_header(&ko)->e_type = ET_DYN)
REFUSES(another_machine_is_refused, ENOEXEC, "elf-header",
	"Invalid architecture in ELF header: 183", ko_header(&ko)->e_machine = EM_AARCH64)

/* ---- the section table ---- */
REFUSES(another_size_of_section_headers_is_refused, ENOEXEC, "section-table",
	"Invalid ELF section header size", ko_header(&ko)->e_shentsize = 40)
REFUSES(a_section_table_at_the_end_of_the_file_is_refused, ENOEXEC, "section-table",
	"Invalid ELF section header overflow", ko_header(&ko)->e_shoff = ko.bytes.len)
REFUSES(a_section_table_whose_end_wraps_is_refused, ENOEXEC, "section-table",
	"Invalid ELF section header overflow", ko_header(&ko)->e_shoff = -16ULL)
REFUSES(too_many_sections_are_refused, ENOEXEC, "section-table",
	"Invalid ELF section header overflow", ko_header(&ko)->e_shnum = 0xffff)
REFUSES(a_file_that_was_cut_off_is_refused, ENOEXEC, "section-table",
	"Invalid ELF section", cut(&ko, ko.bytes.len - 1))
REFUSES(a_first_section_with_a_size_is_refused, ENOEXEC, "section-table",
	"ELF Spec violation: section 0", ko_at(&ko, 0)->sh_size = 1)
REFUSES(a_section_outside_the_file_is_refused, ENOEXEC, "section-table",
	"Invalid ELF section in module (section",
	ko_section(&ko, ".rodata")->sh_size = ko.bytes.len)
REFUSES(a_section_whose_end_wraps_is_refused, ENOEXEC, "section-table",
	"Invalid ELF section in module", ko_section(&ko, ".rodata")->sh_size = -1ULL)

/* ---- the names of sections ---- */
REFUSES(no_sections_at_all_are_refused, ENOEXEC, "section-names",
	"Invalid ELF section name index", ko_header(&ko)->e_shnum = 0)
REFUSES(no_table_of_names_is_refused, ENOEXEC, "section-names",
	"Invalid ELF section name index: 0 ||", ko_header(&ko)->e_shstrndx = 0)
REFUSES(names_in_a_code_section_are_refused, ENOEXEC, "section-names",
	"Invalid ELF section name table type: 1",
	ko_header(&ko)->e_shstrndx = ko_index(&ko, ".text"))
REFUSES(an_empty_table_of_names_is_refused, ENOEXEC, "section-names",
	"empty section name table", ko_at(&ko, ko_header(&ko)->e_shstrndx)->sh_size = 0)
REFUSES(names_without_an_end_are_refused, ENOEXEC, "section-names",
	"isn't null terminated", {
		Elf64_Shdr *names = ko_at(&ko, ko_header(&ko)->e_shstrndx);

		ko_contents(&ko, names)[names->sh_size - 1] = 'x';
	})
REFUSES(a_name_outside_the_names_is_refused, ENOEXEC, "section-names",
	"Invalid ELF section name in module (section",
	ko_section(&ko, ".rodata")->sh_name = 0x7fffffff)

/* ---- .modinfo and struct module ---- */
REFUSES(two_modinfo_sections_are_refused, ENOEXEC, "modinfo",
	"Only one .modinfo section must exist.",
	ko_section(&ko, ".comment")->sh_name = ko_section(&ko, ".modinfo")->sh_name)
REFUSES(two_struct_modules_are_refused, ENOEXEC, "this-module",
	"module fixture: Exactly one .gnu.linkonce.this_module section must exist.",
	ko_section(&ko, ".comment")->sh_name =
		ko_section(&ko, ".gnu.linkonce.this_module")->sh_name)
REFUSES(a_struct_module_without_content_is_refused, ENOEXEC, "this-module",
	"section must have a size set",
	ko_section(&ko, ".gnu.linkonce.this_module")->sh_type = SHT_NOBITS)
REFUSES(a_struct_module_that_is_not_loaded_is_refused, ENOEXEC, "this-module",
	"must occupy memory during process execution",
	ko_section(&ko, ".gnu.linkonce.this_module")->sh_flags = SHF_WRITE)
REFUSES(another_size_of_struct_module_is_refused, ENOEXEC, "this-module",
	"section size must match the kernel's built struct module size",
	ko_section(&ko, ".gnu.linkonce.this_module")->sh_size = 0x4c0)
FAULTS(a_struct_module_that_is_read_only_faults, "formation", "fault-read-only-module",
       ko_section(&ko, ".gnu.linkonce.this_module")->sh_flags = SHF_ALLOC)
FAULTS(a_module_name_without_end_faults, "formation", "fault-module-name",
       memset(ko_bytes(&ko, ".gnu.linkonce.this_module") + 24, 'n', 56))
FAULTS(a_wild_name_of_an_unused_section_faults, "modinfo", "fault-section-name",
       Elf64_Shdr *section = ko_section(&ko, ".comment");
       section->sh_type = SHT_NULL; section->sh_name = 0x7fffffff)
FAULTS(a_wild_name_of_the_first_section_faults_late, "finalize", "fault-section-name",
       ko_at(&ko, 0)->sh_name = 0x7fffffff)
FAULTS(a_modinfo_outside_the_file_faults, "modinfo", "fault-modinfo",
       Elf64_Shdr *section = ko_section(&ko, ".modinfo");
       section->sh_type = SHT_NOBITS; section->sh_offset = 1ULL << 40)

/* ---- symbols and their names ---- */
REFUSES(no_symbol_table_is_refused, ENOEXEC, "symbol-table",
	"fixture: module has no symbols (stripped?)",
	ko_section(&ko, ".symtab")->sh_type = SHT_PROGBITS)
REFUSES(two_symbol_tables_are_refused, ENOEXEC, "symbol-table",
	"module has no symbols (stripped?)",
	ko_section(&ko, ".comment")->sh_type = SHT_SYMTAB)
REFUSES(a_symbol_table_without_names_is_refused, ENOEXEC, "string-table",
	"Invalid ELF sh_link!=SHN_UNDEF(0)", ko_section(&ko, ".symtab")->sh_link = 0)
REFUSES(symbol_names_in_a_code_section_are_refused, ENOEXEC, "string-table",
	"Invalid ELF symbol string table type: 1",
	ko_section(&ko, ".symtab")->sh_link = ko_index(&ko, ".text"))
REFUSES(no_symbol_names_are_refused, ENOEXEC, "strings", "empty symbol string table",
	ko_section(&ko, ".strtab")->sh_size = 0)
REFUSES(symbol_names_without_a_leading_nul_are_refused, ENOEXEC, "strings",
	"symbol string table missing leading NUL", ko_bytes(&ko, ".strtab")[0] = 'x')
REFUSES(symbol_names_without_an_end_are_refused, ENOEXEC, "strings",
	"symbol string table isn't NUL terminated",
	ko_section(&ko, ".strtab")->sh_size -= 1)
REFUSES(a_symbol_name_outside_the_names_is_refused, ENOEXEC, "strings",
	"symbol name out of bounds in string table",
	ko_symbol(&ko, "_printk")->st_name = 0x7fffffff)

/* ---- sections ---- */
REFUSES(a_writable_code_section_is_refused, ENOEXEC, "section-flags",
	"has invalid WRITE|EXEC flags",
	ko_section(&ko, ".comment")->sh_flags = SHF_WRITE | SHF_EXECINSTR)
REFUSES(too_much_percpu_data_is_refused, ENOMEM, "percpu",
	"fixture: Could not allocate 9000 bytes percpu data",
	Elf64_Shdr *section = ko_section(&ko, ".data..percpu");
	section->sh_type = SHT_NOBITS; section->sh_size = 9000)
REFUSES(two_sections_of_one_name_are_refused, EEXIST, "sysfs",
	"sysfs: cannot create duplicate filename '/module/fixture/sections/.data'",
	ko_section(&ko, ".rodata")->sh_name = ko_section(&ko, ".data")->sh_name)
ACCEPTS(two_sections_of_one_name_that_are_not_loaded_are_accepted,
	ko_section(&ko, ".note.GNU-stack")->sh_name =
		ko_section(&ko, ".comment")->sh_name)
REFUSES(an_empty_name_is_refused, EINVAL, "sysfs", "",
	memset(ko_bytes(&ko, ".gnu.linkonce.this_module") + 24, 0, 56))
REFUSES(a_module_called_vmlinux_is_refused, EINVAL, "module-name",
	"livepatch: vmlinux.ko: invalid module name",
	memcpy(ko_bytes(&ko, ".gnu.linkonce.this_module") + 24, "vmlinux",
	       sizeof("vmlinux")))

static void every_cut_of_the_file_is_survived(void)
{
	struct ko ko = ko_open("plain.ko");
	struct ko_kernel *kernel = ko_kernel("", "");
	const struct rk_verdict_target target = {.kernel = &kernel->kernel};
	struct rk_error err = RK_ERROR_INIT;

	for (size_t size = ko.bytes.len; size-- > 0;) {
		struct rk_module module = *ko_module(&ko);
		struct rk_verdict verdict;

		/* A copy of that size, so that a sanitizer sees every byte too many. */
		module.size = size;
		module.data = malloc(size ? size : 1);
		memcpy(module.data, ko.bytes.data, size);
		if (EXPECT_INT(rk_verdict_judge(&module, &target, &verdict, &err), 0)) {
			EXPECT_INT(verdict.answer, RK_ANSWER_REFUSE);
			rk_verdict_release(&verdict);
		}
		free(module.data);
	}
	ko_kernel_free(kernel);
	ko_close(&ko);
}

static void without_a_kernel_nothing_is_decided(void)
{
	const struct ko_expected expected = {.answer = RK_ANSWER_UNDECIDED,
					     .code = "undecided"};
	struct ko ko = ko_open("plain.ko");

	ko_judge(&ko, NULL, NULL, &expected);
	ko_close(&ko);
}

static void what_no_kernel_takes_is_refused_without_one(void)
{
	const struct ko_expected expected = {RK_ANSWER_REFUSE, 0, "elf-header", NULL,
					     NULL};
	struct ko ko = ko_open("plain.ko");

	ko.bytes.data[0] = 0;
	ko_judge(&ko, NULL, NULL, &expected);
	ko_close(&ko);
}

static const struct test tests[] = {
	TEST(the_undamaged_module_is_accepted),
	TEST(fields_that_the_loader_ignores_do_not_matter),
	TEST(bytes_behind_the_end_do_not_matter),
	TEST(an_empty_file_is_refused),
	TEST(a_file_shorter_than_the_header_is_refused),
	TEST(another_magic_is_refused),
	TEST(a_shared_object_is_refused),
	TEST(another_machine_is_refused),
	TEST(another_size_of_section_headers_is_refused),
	TEST(a_section_table_at_the_end_of_the_file_is_refused),
	TEST(a_section_table_whose_end_wraps_is_refused),
	TEST(too_many_sections_are_refused),
	TEST(a_file_that_was_cut_off_is_refused),
	TEST(a_first_section_with_a_size_is_refused),
	TEST(a_section_outside_the_file_is_refused),
	TEST(a_section_whose_end_wraps_is_refused),
	TEST(no_sections_at_all_are_refused),
	TEST(no_table_of_names_is_refused),
	TEST(names_in_a_code_section_are_refused),
	TEST(an_empty_table_of_names_is_refused),
	TEST(names_without_an_end_are_refused),
	TEST(a_name_outside_the_names_is_refused),
	TEST(two_modinfo_sections_are_refused),
	TEST(two_struct_modules_are_refused),
	TEST(a_struct_module_without_content_is_refused),
	TEST(a_struct_module_that_is_not_loaded_is_refused),
	TEST(another_size_of_struct_module_is_refused),
	TEST(a_struct_module_that_is_read_only_faults),
	TEST(a_module_name_without_end_faults),
	TEST(a_wild_name_of_an_unused_section_faults),
	TEST(a_wild_name_of_the_first_section_faults_late),
	TEST(a_modinfo_outside_the_file_faults),
	TEST(no_symbol_table_is_refused),
	TEST(two_symbol_tables_are_refused),
	TEST(a_symbol_table_without_names_is_refused),
	TEST(symbol_names_in_a_code_section_are_refused),
	TEST(no_symbol_names_are_refused),
	TEST(symbol_names_without_a_leading_nul_are_refused),
	TEST(symbol_names_without_an_end_are_refused),
	TEST(a_symbol_name_outside_the_names_is_refused),
	TEST(a_writable_code_section_is_refused),
	TEST(too_much_percpu_data_is_refused),
	TEST(two_sections_of_one_name_are_refused),
	TEST(two_sections_of_one_name_that_are_not_loaded_are_accepted),
	TEST(an_empty_name_is_refused),
	TEST(a_module_called_vmlinux_is_refused),
	TEST(every_cut_of_the_file_is_survived),
	TEST(without_a_kernel_nothing_is_decided),
	TEST(what_no_kernel_takes_is_refused_without_one),
};
TAP_MAIN(tests)
