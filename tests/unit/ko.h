/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_TESTS_UNIT_KO_H
#define RK_TESTS_UNIT_KO_H

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/verdict/siblings.h"
#include "lib/verdict/verdict.h"
#include "tests/unit/tap.h"

/* A module of tests/fixtures in memory, which a test damages, and an imagined kernel
 * 7.2.0-test that judges it. Both trust the fixture's bytes. */
struct ko {
	struct rk_module module;
	struct rk_buf bytes;
};

static inline struct ko ko_open(const char *name)
{
	struct ko ko = {0};
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *path = NULL;

	if (rk_path_join(getenv("RKMOD_FIXTURES"), name, &path, &err) < 0 ||
	    rk_file_read(path, 1 << 20, &ko.bytes, &err) < 0) {
		printf("Bail out! %s\n", err.msg);
		exit(1);
	}
	return ko;
}

static inline void ko_close(struct ko *ko)
{
	rk_buf_release(&ko->bytes);
}

static inline struct rk_module *ko_module(struct ko *ko)
{
	ko->module.path = (char *)"fixture.ko";
	ko->module.data = (uint8_t *)ko->bytes.data;
	ko->module.size = ko->bytes.len;
	return &ko->module;
}

static inline Elf64_Ehdr *ko_header(struct ko *ko)
{
	return (Elf64_Ehdr *)ko->bytes.data;
}

static inline Elf64_Shdr *ko_at(struct ko *ko, size_t index)
{
	return (Elf64_Shdr *)(ko->bytes.data + ko_header(ko)->e_shoff) + index;
}

static inline char *ko_contents(struct ko *ko, const Elf64_Shdr *section)
{
	return ko->bytes.data + section->sh_offset;
}

/* The header of a section; the test fails for good if there is none. */
static inline Elf64_Shdr *ko_section(struct ko *ko, const char *name)
{
	const char *names = ko_contents(ko, ko_at(ko, ko_header(ko)->e_shstrndx));

	for (size_t i = 1; i < ko_header(ko)->e_shnum; i++)
		if (strcmp(names + ko_at(ko, i)->sh_name, name) == 0)
			return ko_at(ko, i);
	printf("Bail out! no section %s\n", name);
	exit(1);
}

static inline size_t ko_index(struct ko *ko, const char *name)
{
	return (size_t)(ko_section(ko, name) - ko_at(ko, 0));
}

static inline char *ko_bytes(struct ko *ko, const char *name)
{
	return ko_contents(ko, ko_section(ko, name));
}

static inline Elf64_Rela *ko_rela(struct ko *ko, const char *name, size_t index)
{
	return (Elf64_Rela *)ko_bytes(ko, name) + index;
}

static inline Elf64_Sym *ko_symbol(struct ko *ko, const char *name)
{
	const Elf64_Shdr *table = ko_section(ko, ".symtab");
	Elf64_Sym *symbols = (Elf64_Sym *)ko_contents(ko, table);
	const char *names = ko_contents(ko, ko_at(ko, table->sh_link));

	for (size_t i = 0; i < table->sh_size / sizeof(*symbols); i++)
		if (strcmp(names + symbols[i].st_name, name) == 0)
			return &symbols[i];
	printf("Bail out! no symbol %s\n", name);
	exit(1);
}

/* The first occurrence of @text in a section. */
static inline char *ko_find(struct ko *ko, const char *name, const char *text)
{
	const Elf64_Shdr *section = ko_section(ko, name);
	char *place =
		memmem(ko_contents(ko, section), section->sh_size, text, strlen(text));

	if (!place) {
		printf("Bail out! no '%s' in %s\n", text, name);
		exit(1);
	}
	return place;
}

/* Puts @to over @from, which is not shorter. */
static inline void ko_replace(struct ko *ko, const char *name, const char *from,
			      const char *to)
{
	memcpy(ko_find(ko, name, from), to, strlen(to));
}

/* Puts NULs over @text. */
static inline void ko_clear(struct ko *ko, const char *name, const char *text)
{
	memset(ko_find(ko, name, text), 0, strlen(text));
}

/* The kernel that judges. */
struct ko_kernel {
	struct rk_kernel kernel;
};

#define KO_CONFIG                                                                        \
	"CONFIG_MODULES=y\nCONFIG_SMP=y\nCONFIG_STRICT_MODULE_RWX=y\n"                   \
	"CONFIG_MODULE_UNLOAD=y\nCONFIG_MODULE_SIG=y\nCONFIG_LIVEPATCH=y\n"

#define KO_SYMVERS                                                                       \
	"0x11111111\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\t\n"                          \
	"0x22222222\t_printk\tvmlinux\tEXPORT_SYMBOL\t\n"                                \
	"0x00000000\tgpl_thing\tvmlinux\tEXPORT_SYMBOL_GPL\t\n"                          \
	"0x00000000\tns_thing\tvmlinux\tEXPORT_SYMBOL\tTHINGS\n"                         \
	"0x00000000\tmine_thing\tvmlinux\tEXPORT_SYMBOL_GPL\tmodule:other,fix-*\n"

/* @config and @symvers: added to the above. */
static inline struct ko_kernel *ko_kernel(const char *config, const char *symvers)
{
	struct ko_kernel *ko = calloc(1, sizeof(*ko));
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_buf struct rk_buf exports = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	rk_buf_addf(&text, "%s%s", KO_CONFIG, config);
	rk_buf_addf(&exports, "%s%s", KO_SYMVERS, symvers);
	if (!ko || rk_kconfig_parse(text.data, text.len, &ko->kernel.config, &err) < 0 ||
	    rk_symvers_parse(&exports, &ko->kernel.symvers, &err) < 0) {
		printf("Bail out! %s\n", err.msg);
		exit(1);
	}
	ko->kernel.arch = RK_ARCH_X86_64;
	ko->kernel.release = (char *)"7.2.0-test";
	ko->kernel.vermagic = (char *)"7.2.0-test SMP preempt mod_unload ";
	ko->kernel.module_size = 0x500;
	ko->kernel.modversions =
		rk_kconfig_is_yes(ko->kernel.config, "CONFIG_MODVERSIONS");
	return ko;
}

static inline void ko_kernel_free(struct ko_kernel *ko)
{
	rk_kconfig_free(ko->kernel.config);
	rk_symvers_free(ko->kernel.symvers);
	free(ko);
}

/* What the verdict should be. */
struct ko_expected {
	enum rk_answer answer;
	int sys_errno;
	const char *stage;   /* NULL: none refuses */
	const char *message; /* words of the kernel's line; NULL: not looked at */
	const char *code;    /* of a finding that must be there, or NULL */
};

static inline bool ko_has_code(const struct rk_findings *findings, const char *code)
{
	for (size_t i = 0; i < findings->n_items; i++)
		if (strcmp(findings->items[i].kind->code, code) == 0)
			return true;
	return false;
}

static inline void ko_expect(struct rk_verdict *verdict,
			     const struct ko_expected *expected)
{
	EXPECT_STR(rk_answer_name(verdict->answer), rk_answer_name(expected->answer));
	EXPECT_INT(verdict->sys_errno, expected->sys_errno);
	EXPECT_STR(verdict->stage, expected->stage);
	if (expected->message)
		EXPECT_HAS(verdict->kernel_message, expected->message);
	if (expected->code && !EXPECT(ko_has_code(&verdict->findings, expected->code)))
		printf("# no finding '%s'\n", expected->code);
	for (size_t i = 0; i < verdict->findings.n_items; i++)
		EXPECT(verdict->findings.items[i].what[0]);
}

/* Judges @ko, with @beside (or NULL) standing beside it. */
static inline void ko_judge(struct ko *ko, struct ko *beside, struct ko_kernel *kernel,
			    const struct ko_expected *expected)
{
	struct rk_siblings siblings;
	const struct rk_verdict_target target = {
		.kernel = kernel ? &kernel->kernel : NULL,
		.siblings = &siblings,
	};
	struct rk_verdict verdict;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_siblings_init(&siblings, 2, &err), 0);
	EXPECT_INT(rk_siblings_set(&siblings, 0, ko_module(ko), &err), 0);
	if (beside)
		EXPECT_INT(rk_siblings_set(&siblings, 1, ko_module(beside), &err), 0);
	if (EXPECT_INT(rk_verdict_judge(ko_module(ko), &target, &verdict, &err), 0)) {
		ko_expect(&verdict, expected);
		rk_verdict_release(&verdict);
	}
	rk_siblings_release(&siblings);
}

#endif
