/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stages that compare the module with the kernel: identity, symbols, relocations. */
#include <errno.h>

#include "tests/unit/ko.h"

/* A test whose name is @name: @fixture is judged after @damage by a kernel with @config
 * (added to the usual) and @symvers (likewise). */
#define JUDGES(name, fixture, config, symvers, expectation, damage)                      \
	static void name(void)                                                           \
	{                                                                                \
		const struct ko_expected expected = expectation;                         \
		struct ko_kernel *kernel = ko_kernel(config, symvers);                   \
		struct ko ko = ko_open(fixture);                                         \
                                                                                         \
		damage;                                                                  \
		ko_judge(&ko, NULL, kernel, &expected);                                  \
		ko_close(&ko);                                                           \
		ko_kernel_free(kernel);                                                  \
	}

#define ACCEPTED                                                                         \
	{                                                                                \
		.answer = RK_ANSWER_ACCEPT                                               \
	}
#define ACCEPTED_WITH(finding)                                                           \
	{                                                                                \
		.answer = RK_ANSWER_ACCEPT, .code = finding                              \
	}
#define REFUSED(error, where, text, finding)                                             \
	{                                                                                \
		RK_ANSWER_REFUSE, error, where, text, finding                            \
	}
#define FAULTS(where, finding)                                                           \
	{                                                                                \
		.answer = RK_ANSWER_FAULT, .stage = where, .code = finding               \
	}
#define UNDECIDED                                                                        \
	{                                                                                \
		.answer = RK_ANSWER_UNDECIDED, .code = "undecided"                       \
	}

/* ---- compression ---- */
#define UNPACKS_XZ "CONFIG_MODULE_DECOMPRESS=y\nCONFIG_MODULE_COMPRESS_XZ=y\n"
#define PACKED(how)                                                                      \
	ko.module.compression = RK_COMPRESSION_XZ;                                       \
	ko.module.packing = (how)

JUDGES(a_sound_xz_is_accepted, "plain.ko", UNPACKS_XZ, "", ACCEPTED,
       PACKED(RK_PACKING_SOUND))
JUDGES(the_kernel_refuses_a_check_that_it_does_not_know, "plain.ko", UNPACKS_XZ, "",
       REFUSED(EINVAL, "decompress", "decompression failed with status 6",
	       "file-compression"),
       PACKED(RK_PACKING_CHECK))
JUDGES(kmod_knows_that_check, "plain.ko", "", "", ACCEPTED, PACKED(RK_PACKING_CHECK))
JUDGES(the_kernel_refuses_a_shortened_xz, "plain.ko", UNPACKS_XZ, "",
       REFUSED(EINVAL, "decompress", "decompression failed with status 0",
	       "file-compression"),
       PACKED(RK_PACKING_CUT))
JUDGES(the_kernel_refuses_a_damaged_xz, "plain.ko", UNPACKS_XZ, "",
       REFUSED(EINVAL, "decompress", "decompression failed with status 7",
	       "file-compression"),
       PACKED(RK_PACKING_DAMAGED))
JUDGES(what_kmod_cannot_unpack_has_no_errno_of_the_kernel, "plain.ko", "", "",
       REFUSED(0, "decompress", "", "file-compression"), PACKED(RK_PACKING_DAMAGED))
#define UNPACKS_GZIP "CONFIG_MODULE_DECOMPRESS=y\nCONFIG_MODULE_COMPRESS_GZIP=y\n"
#define GZIPPED(how)                                                                     \
	ko.module.compression = RK_COMPRESSION_GZIP;                                     \
	ko.module.packing = (how)

JUDGES(the_kernel_does_not_look_at_the_check_of_gzip, "plain.ko", UNPACKS_GZIP, "",
       ACCEPTED, GZIPPED(RK_PACKING_TRAILER))
JUDGES(kmod_looks_at_the_check_of_gzip, "plain.ko", UNPACKS_XZ, "",
       REFUSED(0, "decompress", "", "file-compression"), GZIPPED(RK_PACKING_TRAILER))
JUDGES(the_kernel_refuses_options_of_gzip, "plain.ko", UNPACKS_GZIP, "",
       REFUSED(EINVAL, "decompress", "", "file-compression"), GZIPPED(RK_PACKING_OPTIONS))
JUDGES(kmod_knows_the_options_of_gzip, "plain.ko", UNPACKS_XZ, "", ACCEPTED,
       GZIPPED(RK_PACKING_OPTIONS))
JUDGES(the_kernel_refuses_a_shortened_gzip, "plain.ko", UNPACKS_GZIP, "",
       REFUSED(EINVAL, "decompress", "", "file-compression"), GZIPPED(RK_PACKING_CUT))
JUDGES(kmod_takes_what_there_is_of_a_shortened_gzip, "plain.ko", UNPACKS_XZ, "",
       REFUSED(ENOEXEC, "section-table", "Invalid ELF section header overflow", NULL),
       GZIPPED(RK_PACKING_CUT);
       rk_buf_truncate(&ko.bytes, ko.bytes.len - 1))
JUDGES(ima_refuses_an_xz_of_nothing, "plain.ko", UNPACKS_XZ "CONFIG_IMA_APPRAISE=y\n", "",
       REFUSED(EACCES, "decompress", "", "file-size"), PACKED(RK_PACKING_SOUND);
       ko.bytes.len = 0)

/* ---- vermagic ---- */
JUDGES(another_release_is_refused, "plain.ko", "", "",
       REFUSED(ENOEXEC, "vermagic",
	       "fixture: version magic '7.3.0-test SMP preempt mod_unload ' should be '7.2.0-test SMP preempt mod_unload '",
	       "vermagic"),
       ko_replace(&ko, ".modinfo", "7.2.0", "7.3.0"))
JUDGES(a_vermagic_without_its_last_blank_is_refused, "plain.ko", "", "",
       REFUSED(ENOEXEC, "vermagic", "mod_unlo' should be", "vermagic"),
       ko_clear(&ko, ".modinfo", "ad "))
JUDGES(no_vermagic_is_refused_without_forced_loading, "plain.ko", "", "",
       REFUSED(ENOEXEC, "vermagic", "", "vermagic-missing"),
       ko_replace(&ko, ".modinfo", "vermagic", "vermagik"))
JUDGES(no_vermagic_is_accepted_with_forced_loading, "plain.ko",
       "CONFIG_MODULE_FORCE_LOAD=y\n", "", ACCEPTED_WITH("forced"),
       ko_replace(&ko, ".modinfo", "vermagic", "vermagik"))
JUDGES(the_release_does_not_matter_where_symbols_have_versions, "versions.ko",
       "CONFIG_MODVERSIONS=y\n", "", ACCEPTED,
       ko_replace(&ko, ".modinfo", "7.2.0", "9.9.9"))
JUDGES(the_release_matters_with_extended_versions_alone, "extended.ko",
       "CONFIG_MODVERSIONS=y\n", "", REFUSED(ENOEXEC, "vermagic", NULL, "vermagic"),
       ko_replace(&ko, ".modinfo", "7.2.0", "9.9.9"))
JUDGES(a_livepatch_is_refused_without_livepatching, "plain.ko",
       "# CONFIG_LIVEPATCH is not set\n", "",
       REFUSED(ENOEXEC, "livepatch", "livepatch support is disabled", "livepatch-off"),
       ko_replace(&ko, ".modinfo", "description=", "livepatch=Y"))

/* ---- versions ---- */
JUDGES(fitting_versions_are_accepted, "versions.ko", "CONFIG_MODVERSIONS=y\n", "",
       ACCEPTED, (void)ko)
JUDGES(fitting_extended_versions_are_accepted, "extended.ko", "CONFIG_MODVERSIONS=y\n",
       "", ACCEPTED, (void)ko)
JUDGES(no_versions_are_refused, "plain.ko", "CONFIG_MODVERSIONS=y\n", "",
       REFUSED(ENOEXEC, "module-layout", "", "symbol-version-missing"), (void)ko)
JUDGES(another_version_of_module_layout_is_refused, "versions.ko",
       "CONFIG_MODVERSIONS=y\n", "",
       REFUSED(ENOEXEC, "module-layout",
	       "fixture: disagrees about version of symbol module_layout",
	       "symbol-version"),
       ko_bytes(&ko, "__versions")[0] = 0)
JUDGES(a_version_with_high_bits_is_refused, "versions.ko", "CONFIG_MODVERSIONS=y\n", "",
       REFUSED(EINVAL, "symbols", "Unknown symbol _printk (err -22)", "symbol-version"),
       ko_bytes(&ko, "__versions")[64 + 7] = 1)
JUDGES(a_wrong_extended_version_is_refused, "extended.ko", "CONFIG_MODVERSIONS=y\n", "",
       REFUSED(EINVAL, "symbols", "Unknown symbol _printk (err -22)", "symbol-version"),
       ko_bytes(&ko, "__version_ext_crcs")[4] = 0)
JUDGES(a_symbol_without_a_version_may_be_refused, "versions.ko", "CONFIG_MODVERSIONS=y\n",
       "", UNDECIDED, ko_replace(&ko, "__versions", "_printk", "_printf"))
JUDGES(a_symbol_without_an_extended_version_is_accepted, "extended.ko",
       "CONFIG_MODVERSIONS=y\n", "", ACCEPTED,
       ko_replace(&ko, "__version_ext_names", "_printk", "_printf"))
JUDGES(extended_checksums_without_names_are_refused, "extended.ko", "", "",
       REFUSED(ENOEXEC, "versions", "extended version crc+name presence does not match",
	       "versions-damaged"),
       ko_section(&ko, "__version_ext_names")->sh_flags = 0)
JUDGES(more_extended_checksums_than_names_are_refused, "extended.ko", "", "",
       REFUSED(ENOEXEC, "versions", "more extended version crcs than names",
	       "versions-damaged"),
       ko_section(&ko, "__version_ext_names")->sh_size -= 1)

/* ---- symbols ---- */
JUDGES(a_symbol_that_nobody_exports_is_refused, "needs-export.ko", "", "",
       REFUSED(ENOENT, "symbols", "fixture: Unknown symbol fixture_export (err -2)",
	       "symbol-unknown"),
       (void)ko)
JUDGES(a_weak_symbol_may_be_missing, "weak.ko", "", "", ACCEPTED_WITH("symbol-weak"),
       (void)ko)
JUDGES(a_call_of_a_missing_weak_symbol_faults, "needs-export.ko", "", "",
       FAULTS("init", "fault-call"),
       ko_symbol(&ko, "fixture_export")->st_info = STB_WEAK << 4)
JUDGES(a_call_of_address_0_faults, "plain.ko", "", "", FAULTS("init", "fault-call"),
       ko_symbol(&ko, "_printk")->st_shndx = SHN_ABS)
JUDGES(an_absolute_symbol_that_nobody_calls_is_accepted, "plain.ko", "", "", ACCEPTED,
       ko_symbol(&ko, "pointer")->st_shndx = SHN_ABS;
       ko_symbol(&ko, "pointer")->st_value = 0)
JUDGES(a_local_undefined_symbol_is_refused, "needs-export.ko", "", "",
       REFUSED(ENOENT, "symbols", NULL, "symbol-unknown"),
       ko_symbol(&ko, "fixture_export")->st_info = STB_LOCAL << 4)
JUDGES(a_symbol_in_a_section_that_is_not_there_is_refused, "plain.ko", "", "",
       REFUSED(ENOEXEC, "symbols", "Symbol pointer has an invalid section index 65535",
	       "symbol-section"),
       ko_symbol(&ko, "pointer")->st_shndx = SHN_XINDEX)
JUDGES(a_common_symbol_is_refused, "plain.ko", "", "",
       REFUSED(ENOEXEC, "symbols", "fixture: please compile with -fno-common",
	       "symbol-common"),
       ko_symbol(&ko, "pointer")->st_shndx = SHN_COMMON)
JUDGES(the_last_symbol_that_fails_fixes_the_errno, "needs-export.ko", "", "",
       REFUSED(ENOENT, "symbols", "Unknown symbol fixture_export", "symbol-common"), {
	       /* The unknown one stands last in the table. */
	       Elf64_Sym *first = ko_symbol(&ko, "message");

	       first->st_shndx = SHN_COMMON;
       })
JUDGES(a_gpl_only_symbol_is_hidden_from_other_licenses, "proprietary.ko", "", "",
       REFUSED(ENOENT, "symbols", "Unknown symbol gpl_thing (err -2)", "symbol-gpl-only"),
       (void)ko)
JUDGES(a_license_must_be_spelt_as_the_kernel_does, "plain.ko", "", "",
       ACCEPTED_WITH("license"),
       ko_replace(&ko, ".modinfo", "license=GPL", "license=gpl"))
JUDGES(a_namespace_must_be_imported, "namespaced.ko", "", "",
       REFUSED(EINVAL, "symbols", "Unknown symbol ns_thing (err -22)",
	       "symbol-namespace"),
       (void)ko)
JUDGES(a_missing_import_is_accepted_where_configured, "namespaced.ko",
       "CONFIG_MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS=y\n", "", ACCEPTED, (void)ko)
JUDGES(an_imported_namespace_is_accepted, "importing.ko", "", "", ACCEPTED, (void)ko)
JUDGES(an_import_of_another_namespace_does_not_count, "importing.ko", "", "",
       REFUSED(EINVAL, "symbols", NULL, "symbol-namespace"),
       ko_replace(&ko, ".modinfo", "import_ns=THINGS", "import_ns=THINGZ"))
JUDGES(a_module_namespace_must_not_be_imported, "importing-module.ko", "", "",
       REFUSED(EPERM, "import-namespaces",
	       "fixture: module tries to import module namespace: module:fixture",
	       "namespace-import"),
       (void)ko)
JUDGES(a_symbol_for_other_modules_is_refused, "for-me.ko", "", "",
       REFUSED(EINVAL, "symbols", NULL, "symbol-not-for-module"), (void)ko)
JUDGES(a_symbol_for_named_modules_is_theirs_dash_or_underscore, "for-me.ko", "", "",
       ACCEPTED,
       memcpy(ko_bytes(&ko, ".gnu.linkonce.this_module") + 24, "fix_ture",
	      sizeof("fix_ture")))
JUDGES(a_rust_symbol_needs_a_kernel_with_rust, "rust-call.ko", "", "",
       REFUSED(ENOENT, "symbols", NULL, "rust-off"), (void)ko)
JUDGES(a_rust_symbol_of_another_compiler_is_told_from_a_missing_one, "rust-call.ko", "",
       "0x00000000\t_RNvNtCs2lKf6AS60Zg_4core9panicking5panic\tvmlinux\tEXPORT_SYMBOL_GPL\t\n",
       REFUSED(ENOENT, "symbols", NULL, "rust-compiler"), (void)ko)
JUDGES(a_rust_symbol_of_the_same_compiler_may_be_missing, "rust-call.ko", "",
       "0x00000000\t_RNvNtCs000000000_4core9panicking9panic_fmt\tvmlinux\tEXPORT_SYMBOL_GPL\t\n",
       REFUSED(ENOENT, "symbols", NULL, "rust-symbol"), (void)ko)

/* ---- exports ---- */
JUDGES(exports_with_flags_are_accepted, "exports.ko", "", "", ACCEPTED, (void)ko)
JUDGES(exports_without_flags_are_refused, "exports.ko", "", "",
       REFUSED(ENOEXEC, "export-tables", "exporter: no flags for exported symbols",
	       "export-flags"),
       ko_section(&ko, "__kflagstab")->sh_flags = 0)
JUDGES(exports_without_versions_are_refused, "exports.ko", "CONFIG_MODVERSIONS=y\n", "",
       REFUSED(ENOEXEC, "module-layout", NULL, "export-versions"), (void)ko)
JUDGES(an_export_of_the_kernel_is_refused, "exports.ko", "",
       "0x00000000\tfixture_export\tvmlinux\tEXPORT_SYMBOL\t\n",
       REFUSED(ENOEXEC, "duplicate-exports",
	       "exporter: exports duplicate symbol fixture_export (owned by kernel)",
	       "export-duplicate"),
       (void)ko)
JUDGES(an_export_that_the_kernels_tree_lists_as_its_own_is_accepted, "exports.ko", "",
       "0x00000000\tfixture_export\tdrivers/x/exporter\tEXPORT_SYMBOL\t\n", ACCEPTED,
       (void)ko)

/* ---- relocations ---- */
JUDGES(a_relocation_of_an_unknown_type_is_refused, "plain.ko", "", "",
       REFUSED(ENOEXEC, "relocations", "fixture: Unknown rela relocation: 9",
	       "relocation-type"),
       ko_rela(&ko, ".rela.text", 0)->r_info += 9 - R_X86_64_32S)
JUDGES(a_relocation_that_does_not_fit_is_refused, "plain.ko", "", "",
       REFUSED(ENOEXEC, "relocations", "overflow in relocation type 10",
	       "relocation-overflow"),
       ko_rela(&ko, ".rela.text", 0)->r_info += R_X86_64_32 - R_X86_64_32S)
JUDGES(a_relocation_far_from_its_symbol_is_refused, "plain.ko", "", "",
       REFUSED(ENOEXEC, "relocations", "overflow in relocation type 11",
	       "relocation-overflow"),
       ko_rela(&ko, ".rela.text", 0)->r_addend = 1LL << 40)
JUDGES(a_place_that_is_not_empty_is_refused, "plain.ko", "", "",
       REFUSED(ENOEXEC, "relocations",
	       "Invalid relocation target, existing value is nonzero",
	       "relocation-target"),
       ko_bytes(&ko, ".data")[3] = 1)
JUDGES(two_relocations_of_one_place_are_refused, "plain.ko", "", "",
       REFUSED(ENOEXEC, "relocations", "existing value is nonzero", "relocation-target"),
       ko_rela(&ko, ".rela.data", 1)->r_offset = 0)
JUDGES(relocations_in_falling_order_are_accepted, "plain.ko", "", "", ACCEPTED,
       ko_rela(&ko, ".rela.data", 0)->r_offset = 8;
       ko_rela(&ko, ".rela.data", 1)->r_offset = 0)
JUDGES(a_relocation_that_ends_in_padding_is_accepted, "plain.ko", "", "", ACCEPTED,
       ko_rela(&ko, ".rela.data", 1)->r_offset = 9)
JUDGES(a_relocation_into_zeroes_of_another_section_faults, "plain.ko", "", "",
       FAULTS("relocations", "fault-relocation"),
       ko_rela(&ko, ".rela.data", 1)->r_offset = 64 + 400)
JUDGES(a_relocation_onto_bytes_of_another_section_is_refused, "plain.ko", "", "",
       REFUSED(ENOEXEC, "relocations", "existing value is nonzero", "relocation-target"),
       ko_rela(&ko, ".rela.data", 1)->r_offset = 64 + 24)
JUDGES(a_relocation_outside_the_modules_memory_faults, "plain.ko", "", "",
       FAULTS("relocations", "fault-relocation"),
       ko_rela(&ko, ".rela.data", 1)->r_offset = 1ULL << 40)
JUDGES(an_alignment_that_wraps_faults, "plain.ko", "", "",
       FAULTS("layout", "fault-layout"),
       ko_section(&ko, ".gnu.linkonce.this_module")->sh_addralign = 1ULL << 40)
JUDGES(an_alignment_of_symbols_that_wraps_faults, "plain.ko", "CONFIG_KALLSYMS=y\n", "",
       FAULTS("layout", "fault-layout"), ko_section(&ko, ".symtab")->sh_addralign = -1ULL)
JUDGES(type_information_outside_the_file_faults, "plain.ko",
       "CONFIG_DEBUG_INFO_BTF_MODULES=y\n", "", FAULTS("btf", "fault-btf"),
       Elf64_Shdr *section = ko_section(&ko, ".comment");
       section->sh_type = SHT_NOBITS; section->sh_offset = 1ULL << 40;
       memcpy(ko_find(&ko, ".shstrtab", ".comment"), ".BTF", sizeof(".BTF")))
#define WITHOUT_TYPES                                                                    \
	"CONFIG_DEBUG_INFO_BTF_MODULES=y\nCONFIG_MODULE_ALLOW_BTF_MISMATCH=y\n"
JUDGES(damaged_type_information_is_refused, "types.ko",
       "CONFIG_DEBUG_INFO_BTF_MODULES=y\n", "",
       REFUSED(EINVAL, "btf", "failed to validate module [fixture] BTF: -22", "btf"),
       ko_bytes(&ko, ".BTF")[0] = 0)
JUDGES(damaged_type_information_is_done_without, "types.ko", WITHOUT_TYPES, "",
       ACCEPTED_WITH("btf"), ko_bytes(&ko, ".BTF")[0] = 0)
JUDGES(type_information_that_could_be_done_without_may_fault, "plain.ko", WITHOUT_TYPES,
       "", FAULTS("btf", "fault-btf"), Elf64_Shdr *section = ko_section(&ko, ".comment");
       section->sh_type = SHT_NOBITS; section->sh_offset = 1ULL << 40;
       memcpy(ko_find(&ko, ".shstrtab", ".comment"), ".BTF", sizeof(".BTF")))
JUDGES(more_memory_than_there_is_is_refused, "plain.ko", "", "",
       REFUSED(ENOMEM, "layout", "execmem: unable to allocate memory", "layout-size"),
       ko_section(&ko, ".bss")->sh_size = 1ULL << 31)
/* A section without contents: its size is checked by nobody. */
JUDGES(relocations_into_a_section_that_claims_terabytes_cost_nothing, "plain.ko", "", "",
       FAULTS("layout", "fault-layout"), ko_section(&ko, ".data")->sh_type = SHT_NOBITS;
       ko_section(&ko, ".data")->sh_size = (1ULL << 60) + 16;
       ko_rela(&ko, ".rela.data", 0)->r_offset = 8;
       ko_rela(&ko, ".rela.data", 1)->r_offset = 0)
JUDGES(a_relocation_whose_end_wraps_faults, "plain.ko", "", "",
       FAULTS("relocations", "fault-relocation"),
       ko_rela(&ko, ".rela.data", 1)->r_offset = -4ULL)
JUDGES(a_relocation_to_a_symbol_that_is_not_there_faults, "plain.ko", "", "",
       FAULTS("relocations", "fault-symbol-index"),
       ko_rela(&ko, ".rela.data", 0)->r_info = ELF64_R_INFO(0xffffffffUL, R_X86_64_64))
JUDGES(relocations_without_addends_are_refused, "plain.ko", "", "",
       REFUSED(ENOEXEC, "relocations", "module fixture: REL relocation unsupported",
	       "relocation-rel"),
       ko_section(&ko, ".rela.data")->sh_type = SHT_REL)
JUDGES(a_relocation_onto_a_symbol_is_refused, "plain.ko", "CONFIG_KALLSYMS=y\n", "",
       REFUSED(ENOEXEC, "relocations", "existing value is nonzero", "relocation-target"),
       ko_section(&ko, ".rela.data")->sh_info = (Elf64_Word)ko_index(&ko, ".symtab");
       ko_rela(&ko, ".rela.data", 0)->r_offset = 0;
       ko_rela(&ko, ".rela.data", 1)->r_offset = sizeof(Elf64_Sym))
JUDGES(a_relocation_onto_the_value_of_a_symbol_faults, "plain.ko", "CONFIG_KALLSYMS=y\n",
       "", FAULTS("relocations", "fault-relocation"),
       ko_section(&ko, ".rela.data")->sh_info = (Elf64_Word)ko_index(&ko, ".symtab");
       ko_rela(&ko, ".rela.data", 0)->r_offset = sizeof(Elf64_Sym) +
						 offsetof(Elf64_Sym, st_value);
       ko_rela(&ko, ".rela.data", 1)->r_offset = 0)
JUDGES(relocations_of_what_is_not_loaded_do_not_matter, "plain.ko", "", "", ACCEPTED,
       ko_section(&ko, ".rela.data")->sh_info = (Elf64_Word)ko_index(&ko, ".comment");
       ko_rela(&ko, ".rela.data", 0)->r_info = 99)

/* ---- what is patched ---- */
JUDGES(a_place_to_patch_in_the_module_is_accepted, "sites.ko", "", "", ACCEPTED, (void)ko)
JUDGES(a_place_to_patch_outside_the_module_faults, "sites.ko", "", "",
       FAULTS("patch-tables", "fault-table"),
       ko_rela(&ko, ".rela.return_sites", 0)->r_addend = 1 << 30)
JUDGES(a_place_whose_address_wraps_faults, "sites.ko", "", "",
       FAULTS("patch-tables", "fault-table"),
       ko_rela(&ko, ".rela.return_sites", 0)->r_addend = INT64_MIN;
       ko_symbol(&ko, "init_module")->st_value = (uint64_t)INT64_MIN)

/* ---- livepatches ---- */
static void livepatch(struct ko *ko, const char *section, const char *symbol,
		      uint16_t shndx)
{
	Elf64_Shdr *relas = ko_section(ko, ".rela.data");
	const Elf64_Shdr *table = ko_section(ko, ".symtab");
	uint64_t index =
		(uint64_t)(ko_symbol(ko, symbol) - (Elf64_Sym *)ko_contents(ko, table));

	for (size_t i = 0; i < relas->sh_size / sizeof(Elf64_Rela); i++)
		ko_rela(ko, ".rela.data", i)->r_info = ELF64_R_INFO(index, R_X86_64_64);
	ko_symbol(ko, symbol)->st_shndx = shndx;
	relas->sh_flags |= 0x00100000;
	relas->sh_name = ko_section(ko, section)->sh_name;
}

JUDGES(livepatch_symbols_of_the_kernel_are_not_known, "livepatch.ko", "", "", UNDECIDED,
       livepatch(&ko, ".klp.rela.vmlinux..data", ".klp.sym.vmlinux.thing,0", 0xff20))
JUDGES(livepatch_relocations_of_another_module_wait_for_it, "livepatch.ko", "", "",
       ACCEPTED, livepatch(&ko, ".klp.rela.other..data", "_printk", SHN_UNDEF))
JUDGES(a_livepatch_symbol_must_be_marked, "livepatch.ko", "", "",
       REFUSED(EINVAL, "relocations", "is not marked as a livepatch symbol",
	       "livepatch-symbol"),
       livepatch(&ko, ".klp.rela.vmlinux..data", ".klp.sym.vmlinux.thing,0", SHN_ABS))
JUDGES(a_livepatch_symbol_must_name_its_object, "livepatch.ko", "", "",
       REFUSED(EINVAL, "relocations",
	       "symbol .klp.sym.thing,0 has an incorrectly formatted name",
	       "livepatch-symbol"),
       livepatch(&ko, ".klp.rela.vmlinux..data", ".klp.sym.thing,0", 0xff20))
JUDGES(a_livepatch_section_must_name_its_object, "livepatch.ko", "", "",
       REFUSED(EINVAL, "relocations", "section .rela.data has an incorrectly formatted",
	       "relocation-type"),
       ko_section(&ko, ".rela.data")->sh_flags |= 0x00100000)

/* ---- the signature ---- */
static void sign(struct ko *ko, const char *pkcs7, size_t size, const uint8_t block[12])
{
	rk_buf_add(&ko->bytes, pkcs7, size);
	rk_buf_add(&ko->bytes, block, 12);
	rk_buf_adds(&ko->bytes, "~Module signature appended~\n");
}

#define BLOCK(...)                                                                       \
	(const uint8_t[12])                                                              \
	{                                                                                \
		__VA_ARGS__                                                              \
	}

JUDGES(no_signature_is_refused_where_demanded, "plain.ko", "CONFIG_MODULE_SIG_FORCE=y\n",
       "",
       REFUSED(EKEYREJECTED, "signature", "Loading of unsigned module is rejected",
	       "signature-required"),
       (void)ko)
JUDGES(a_signature_that_is_no_message_is_refused, "plain.ko", "", "",
       REFUSED(EBADMSG, "signature", "", "signature-damaged"),
       sign(&ko, "\x31\x02\x05", 4, BLOCK(0, 0, 2, [11] = 4)))
JUDGES(a_signature_larger_than_the_file_is_refused, "plain.ko", "", "",
       REFUSED(EBADMSG, "signature", "", "signature-damaged"),
       sign(&ko, "\x30\x02\x05", 4, BLOCK(0, 0, 2, [8] = 0xff)))
JUDGES(a_signature_of_another_kind_is_tolerated_its_bytes_stay, "plain.ko", "", "",
       ACCEPTED, sign(&ko, "\x30\x02\x05", 4, BLOCK(0, 0, 1, [11] = 4)))
JUDGES(fields_of_the_signature_that_must_be_zero_are, "plain.ko", "", "",
       REFUSED(EBADMSG, "signature", "unexpected non-zero params", "signature-damaged"),
       sign(&ko, "\x30\x02\x05", 4, BLOCK(1, 0, 2, [11] = 4)))
JUDGES(a_kernel_without_signatures_does_not_look, "plain.ko",
       "# CONFIG_MODULE_SIG is not set\n", "", ACCEPTED,
       sign(&ko, "\x30\x02\x05", 4, BLOCK(1, 0, 2, [8] = 0xff)))

/* ---- beside each other ---- */
static void judge_beside(const char *fixture, const char *other,
			 const struct ko_expected *expected)
{
	struct ko_kernel *kernel = ko_kernel("", "");
	struct ko beside = ko_open(other);
	struct ko ko = ko_open(fixture);

	ko_judge(&ko, &beside, kernel, expected);
	ko_close(&ko);
	ko_close(&beside);
	ko_kernel_free(kernel);
}

static void a_module_beside_it_satisfies_a_symbol(void)
{
	judge_beside("needs-export.ko", "exports.ko",
		     &(const struct ko_expected)ACCEPTED);
}

static void a_proprietary_module_beside_it_taints_it(void)
{
	judge_beside("needs-export.ko", "proprietary-exports.ko",
		     &(const struct ko_expected)REFUSED(ENOENT, "symbols",
							"Unknown symbol fixture_export",
							"symbol-gpl-only"));
}

/* ---- the verdict as a whole ---- */
static void taints_are_told_in_the_kernels_letters(void)
{
	struct ko_kernel *kernel = ko_kernel("", "");
	struct ko ko = ko_open("plain.ko");
	const struct rk_verdict_target target = {.kernel = &kernel->kernel};
	struct rk_error err = RK_ERROR_INIT;
	struct rk_verdict verdict;

	ko_replace(&ko, ".modinfo", "license=GPL", "license=MIT");
	EXPECT_INT(rk_verdict_judge(ko_module(&ko), &target, &verdict, &err), 0);
	EXPECT_STR(verdict.taints, "POE");
	rk_verdict_release(&verdict);
	ko_close(&ko);
	ko_kernel_free(kernel);
}

static void later_stages_still_tell_what_they_find(void)
{
	struct ko_kernel *kernel = ko_kernel("", "");
	struct ko ko = ko_open("needs-export.ko");
	const struct ko_expected expected =
		REFUSED(ENOEXEC, "vermagic", "version magic", "symbol-unknown");

	ko_replace(&ko, ".modinfo", "7.2.0", "7.3.0");
	ko_judge(&ko, NULL, kernel, &expected);
	ko_close(&ko);
	ko_kernel_free(kernel);
}

static void many_symbols_of_one_cause_are_one_finding(void)
{
	struct ko_kernel *kernel = ko_kernel("", "");
	struct ko ko = ko_open("needs-export.ko");
	const struct rk_verdict_target target = {.kernel = &kernel->kernel};
	struct rk_error err = RK_ERROR_INIT;
	struct rk_verdict verdict;
	size_t n = 0;

	ko_symbol(&ko, "pointer")->st_shndx = SHN_UNDEF;
	EXPECT_INT(rk_verdict_judge(ko_module(&ko), &target, &verdict, &err), 0);
	for (size_t i = 0; i < verdict.findings.n_items; i++)
		n += strcmp(verdict.findings.items[i].kind->code, "symbol-unknown") == 0;
	EXPECT_INT(n, 1);
	EXPECT_HAS(verdict.findings.items[0].what, "2 symbols that nothing exports");
	EXPECT_HAS(verdict.findings.items[0].what, "'pointer'");
	rk_verdict_release(&verdict);
	ko_close(&ko);
	ko_kernel_free(kernel);
}

static void the_compiler_that_would_fit_is_named(void)
{
	/* The hash that this version text leads to (spec: rustc's own). */
	struct ko_kernel *kernel = ko_kernel(
		"",
		"0x00000000\t_RNvNtCs2lKf6AS60Zg_4core9panicking5panic\tvmlinux\tEXPORT_SYMBOL_GPL\t\n");
	struct ko ko = ko_open("rust-call.ko");
	const struct rk_verdict_target target = {.kernel = &kernel->kernel};
	struct rk_error err = RK_ERROR_INIT;
	struct rk_verdict verdict;

	kernel->kernel.rustc_text =
		(char *)"rustc 1.85.1 (4eb161250 2025-03-15) (built from a source tarball)";
	EXPECT_INT(rk_verdict_judge(ko_module(&ko), &target, &verdict, &err), 0);
	EXPECT_HAS(verdict.findings.items[0].why, "Cs000000000");
	EXPECT_HAS(verdict.findings.items[0].why, "Cs2lKf6AS60Zg");
	EXPECT_HAS(verdict.findings.items[0].fix, "rustc 1.85.1 (4eb161250");
	rk_verdict_release(&verdict);
	ko_close(&ko);
	ko_kernel_free(kernel);
}

static const struct test tests[] = {
	TEST(a_sound_xz_is_accepted),
	TEST(the_kernel_refuses_a_check_that_it_does_not_know),
	TEST(kmod_knows_that_check),
	TEST(the_kernel_refuses_a_shortened_xz),
	TEST(the_kernel_refuses_a_damaged_xz),
	TEST(what_kmod_cannot_unpack_has_no_errno_of_the_kernel),
	TEST(the_kernel_does_not_look_at_the_check_of_gzip),
	TEST(kmod_looks_at_the_check_of_gzip),
	TEST(the_kernel_refuses_options_of_gzip),
	TEST(kmod_knows_the_options_of_gzip),
	TEST(the_kernel_refuses_a_shortened_gzip),
	TEST(kmod_takes_what_there_is_of_a_shortened_gzip),
	TEST(ima_refuses_an_xz_of_nothing),
	TEST(another_release_is_refused),
	TEST(a_vermagic_without_its_last_blank_is_refused),
	TEST(no_vermagic_is_refused_without_forced_loading),
	TEST(no_vermagic_is_accepted_with_forced_loading),
	TEST(the_release_does_not_matter_where_symbols_have_versions),
	TEST(the_release_matters_with_extended_versions_alone),
	TEST(a_livepatch_is_refused_without_livepatching),
	TEST(fitting_versions_are_accepted),
	TEST(fitting_extended_versions_are_accepted),
	TEST(no_versions_are_refused),
	TEST(another_version_of_module_layout_is_refused),
	TEST(a_version_with_high_bits_is_refused),
	TEST(a_wrong_extended_version_is_refused),
	TEST(a_symbol_without_a_version_may_be_refused),
	TEST(a_symbol_without_an_extended_version_is_accepted),
	TEST(extended_checksums_without_names_are_refused),
	TEST(more_extended_checksums_than_names_are_refused),
	TEST(a_symbol_that_nobody_exports_is_refused),
	TEST(a_weak_symbol_may_be_missing),
	TEST(a_call_of_a_missing_weak_symbol_faults),
	TEST(a_call_of_address_0_faults),
	TEST(an_absolute_symbol_that_nobody_calls_is_accepted),
	TEST(a_local_undefined_symbol_is_refused),
	TEST(a_symbol_in_a_section_that_is_not_there_is_refused),
	TEST(a_common_symbol_is_refused),
	TEST(the_last_symbol_that_fails_fixes_the_errno),
	TEST(a_gpl_only_symbol_is_hidden_from_other_licenses),
	TEST(a_license_must_be_spelt_as_the_kernel_does),
	TEST(a_namespace_must_be_imported),
	TEST(a_missing_import_is_accepted_where_configured),
	TEST(an_imported_namespace_is_accepted),
	TEST(an_import_of_another_namespace_does_not_count),
	TEST(a_module_namespace_must_not_be_imported),
	TEST(a_symbol_for_other_modules_is_refused),
	TEST(a_symbol_for_named_modules_is_theirs_dash_or_underscore),
	TEST(a_rust_symbol_needs_a_kernel_with_rust),
	TEST(a_rust_symbol_of_another_compiler_is_told_from_a_missing_one),
	TEST(a_rust_symbol_of_the_same_compiler_may_be_missing),
	TEST(exports_with_flags_are_accepted),
	TEST(exports_without_flags_are_refused),
	TEST(exports_without_versions_are_refused),
	TEST(an_export_of_the_kernel_is_refused),
	TEST(an_export_that_the_kernels_tree_lists_as_its_own_is_accepted),
	TEST(a_relocation_of_an_unknown_type_is_refused),
	TEST(a_relocation_that_does_not_fit_is_refused),
	TEST(a_relocation_far_from_its_symbol_is_refused),
	TEST(a_place_that_is_not_empty_is_refused),
	TEST(two_relocations_of_one_place_are_refused),
	TEST(relocations_in_falling_order_are_accepted),
	TEST(a_relocation_that_ends_in_padding_is_accepted),
	TEST(a_relocation_into_zeroes_of_another_section_faults),
	TEST(a_relocation_onto_bytes_of_another_section_is_refused),
	TEST(a_relocation_outside_the_modules_memory_faults),
	TEST(an_alignment_that_wraps_faults),
	TEST(an_alignment_of_symbols_that_wraps_faults),
	TEST(type_information_outside_the_file_faults),
	TEST(damaged_type_information_is_refused),
	TEST(damaged_type_information_is_done_without),
	TEST(type_information_that_could_be_done_without_may_fault),
	TEST(more_memory_than_there_is_is_refused),
	TEST(relocations_into_a_section_that_claims_terabytes_cost_nothing),
	TEST(a_relocation_whose_end_wraps_faults),
	TEST(a_relocation_to_a_symbol_that_is_not_there_faults),
	TEST(relocations_without_addends_are_refused),
	TEST(a_relocation_onto_a_symbol_is_refused),
	TEST(a_relocation_onto_the_value_of_a_symbol_faults),
	TEST(relocations_of_what_is_not_loaded_do_not_matter),
	TEST(a_place_to_patch_in_the_module_is_accepted),
	TEST(a_place_to_patch_outside_the_module_faults),
	TEST(a_place_whose_address_wraps_faults),
	TEST(livepatch_symbols_of_the_kernel_are_not_known),
	TEST(livepatch_relocations_of_another_module_wait_for_it),
	TEST(a_livepatch_symbol_must_be_marked),
	TEST(a_livepatch_symbol_must_name_its_object),
	TEST(a_livepatch_section_must_name_its_object),
	TEST(no_signature_is_refused_where_demanded),
	TEST(a_signature_that_is_no_message_is_refused),
	TEST(a_signature_larger_than_the_file_is_refused),
	TEST(a_signature_of_another_kind_is_tolerated_its_bytes_stay),
	TEST(fields_of_the_signature_that_must_be_zero_are),
	TEST(a_kernel_without_signatures_does_not_look),
	TEST(a_module_beside_it_satisfies_a_symbol),
	TEST(a_proprietary_module_beside_it_taints_it),
	TEST(taints_are_told_in_the_kernels_letters),
	TEST(later_stages_still_tell_what_they_find),
	TEST(many_symbols_of_one_cause_are_one_finding),
	TEST(the_compiler_that_would_fit_is_named),
};
TAP_MAIN(tests)
