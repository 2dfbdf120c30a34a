/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_VERDICT_JUDGE_H
#define RK_VERDICT_JUDGE_H

#include "lib/module/exports.h"
#include "lib/module/modinfo.h"
#include "lib/module/signature.h"
#include "lib/module/versions.h"
#include "lib/verdict/facts.h"
#include "lib/verdict/siblings.h"
#include "lib/verdict/verdict.h"

/*
 * The loader's state while it works on a module, and what every stage does with it.
 * Private to lib/verdict.
 */

/* What stages establish, and what others need to run at all. */
enum {
	RK_HAVE_KERNEL = 1 << 0,   /* a target whose facts are known */
	RK_HAVE_SYMVERS = 1 << 1,  /* what it exports */
	RK_HAVE_HEADER = 1 << 2,   /* an ELF header */
	RK_HAVE_SECTIONS = 1 << 3, /* the table, contents inside the file */
	RK_HAVE_NAMES = 1 << 4,    /* section names */
	RK_HAVE_MODINFO = 1 << 5,  /* at most one .modinfo, and it can be read */
	RK_HAVE_MODULE = 1 << 6,   /* struct module */
	RK_HAVE_SYMTAB = 1 << 7,
	RK_HAVE_STRTAB = 1 << 8, /* its section */
	RK_HAVE_VERSIONS = 1 << 9,
	RK_HAVE_SYMBOLS = 1 << 10, /* symbols whose names can be read */
};

struct rk_judge;
struct rk_layout;

/* One row of the simulation. */
struct rk_stage {
	const char *name; /* stable */
	unsigned int needs;
	unsigned int gives; /* if it did not fail */
	void (*run)(struct rk_judge *judge);
};

/* The taints that loading adds, in the order of the kernel's letters. */
enum rk_taint {
	RK_TAINT_PROPRIETARY,
	RK_TAINT_FORCED,
	RK_TAINT_STAGING,
	RK_TAINT_OUT_OF_TREE,
	RK_TAINT_UNSIGNED,
	RK_TAINT_LIVEPATCH,
	RK_TAINT_TEST,
	RK_N_TAINTS,
};

enum {
	RK_MAX_NOWHERE = 16,
};

struct rk_judge {
	/* What is judged, against what. */
	const struct rk_module *module;
	const struct rk_verdict_target *target;
	struct rk_loader_facts facts;
	struct rk_verdict *verdict;
	/* Where the simulation stands. */
	const struct rk_stage *stage; /* the running one */
	unsigned int have;
	bool failed;    /* the running stage refused, faulted, or cannot know */
	bool decided;   /* answer and errno are fixed */
	bool in_doubt;  /* an earlier stage may have refused */
	bool no_memory; /* something could not be allocated */
	unsigned int taints;
	/* What the loader found so far. */
	struct rk_view view;
	struct rk_signature signature;
	bool is_verified;    /* by a key that the kernel knows: no taint E */
	bool maybe_verified; /* whether that is so is not known */
	struct rk_modinfo modinfo;
	const char *info_name; /* modinfo's name, or the one in struct module */
	char name[RK_MODULE_NAME_SIZE + 1]; /* in struct module */
	size_t info_index;                  /* section indexes, 0: none */
	size_t this_index;
	size_t symtab_index;
	size_t strtab_index;
	size_t percpu_index;
	size_t versions_index;
	size_t extended_crcs_index;
	size_t extended_names_index;
	struct rk_bytes symbols; /* whole records; the last part of one is not used */
	struct rk_bytes strings;
	struct rk_versions versions; /* the form that counts */
	struct rk_module_exports exports;
	bool proprietary; /* TAINT_PROPRIETARY_MODULE: GPL-only symbols are hidden */
	bool uses_gpl_only;
	/* Symbols that stay at address 0; more than these are not looked after. */
	size_t nowhere[RK_MAX_NOWHERE];
	size_t n_nowhere;
	struct rk_layout *layout;   /* NULL: not known */
	struct rk_judge_tags *tags; /* of the kernel's crates; see symbol-group.c */
};

/**
 * rk_judge_refuse() - the kernel refuses here
 * @sys_errno: 0 if it refuses but the errno is not known
 * @code: of the finding, whose "what" is @fmt
 *
 * The first of all stages fixes answer and errno; in one stage the last, as in the
 * kernel. Return: the finding, for where, why and fix.
 */
struct rk_finding *rk_judge_refuse(struct rk_judge *judge, int sys_errno,
				   const char *code, const char *fmt, ...)
	RK_PRINTF(4, 5);
/* The kernel would fault, or damage itself. */
struct rk_finding *rk_judge_fault(struct rk_judge *judge, const char *code,
				  const char *fmt, ...) RK_PRINTF(3, 4);
/* Whether it refuses cannot be known; what follows may still decide. */
struct rk_finding *rk_judge_doubt(struct rk_judge *judge, const char *fmt, ...)
	RK_PRINTF(2, 3);
/* The same where the running kernel's state decides, and @file of it was not read. "WHAT
 * is not known". */
void rk_judge_doubt_state(struct rk_judge *judge, enum rk_state_file file,
			  const char *what);
/* With a state: whether it has all that loaded modules export, also those of which no
 * Module.symvers is known. */
bool rk_judge_sees_exports(const struct rk_judge *judge);
/* A finding that stands in nobody's way. */
struct rk_finding *rk_judge_note(struct rk_judge *judge, const char *code,
				 const char *fmt, ...) RK_PRINTF(3, 4);

/* The line that the kernel logs for the refusal just said. Without newline. */
void rk_judge_message(struct rk_judge *judge, const char *fmt, ...) RK_PRINTF(2, 3);

/* Shorthands for rk_finding_where() and its kin. */
#define rk_judge_where(judge, finding, ...)                                              \
	rk_finding_where(&(judge)->verdict->findings, finding, __VA_ARGS__)
#define rk_judge_why(judge, finding, ...)                                                \
	rk_finding_why(&(judge)->verdict->findings, finding, __VA_ARGS__)
#define rk_judge_fix(judge, finding, ...)                                                \
	rk_finding_fix(&(judge)->verdict->findings, finding, __VA_ARGS__)

void rk_judge_taint(struct rk_judge *judge, enum rk_taint taint);

/* try_to_force_load(): true with taint F, or false: the caller refuses. */
bool rk_judge_force_load(struct rk_judge *judge, const char *reason, const char *lacks);

/* A section that ends up in the kernel's memory: allocated, and not one of those that
 * the loader only reads (.modinfo, versions) or puts elsewhere (.data..percpu). */
bool rk_judge_is_loaded(const struct rk_judge *judge, size_t index,
			const Elf64_Shdr *section);

/* The module's name as the loader's messages have it before it is sure of one. */
const char *rk_judge_info_name(const struct rk_judge *judge);

/* The symbol's name; "" where it cannot be read. */
const char *rk_judge_symbol_name(const struct rk_judge *judge, const Elf64_Sym *symbol);

/* version.c: check_version(), for one symbol that has a CRC. */
enum rk_version_answer {
	RK_VERSION_FITS,
	RK_VERSION_DIFFERS,
	RK_VERSION_MISSING, /* the module has versions, not of this symbol */
	RK_VERSION_NONE,    /* the module has no versions at all */
	RK_VERSION_UNKNOWN, /* missing, and whether this loader minds is not known */
};
enum rk_version_answer rk_judge_version(struct rk_judge *judge, const char *name,
					uint32_t crc);

/* include/linux/license.h; NULL is none. */
bool rk_license_is_gpl_compatible(const char *license);

/*
 * Symbols that fail for one reason are one finding: a module for another kernel may have
 * hundreds.
 */
enum rk_symbol_cause {
	RK_SYMBOL_UNKNOWN,
	RK_SYMBOL_RUST_OFF,
	RK_SYMBOL_RUST_COMPILER,
	RK_SYMBOL_RUST_MISSING,
	RK_SYMBOL_GPL_ONLY,
	RK_SYMBOL_PROPRIETARY_OWNER, /* @detail: the owner */
	RK_SYMBOL_NOT_LOADED,        /* @detail: the module that would export it */
	RK_SYMBOL_NAMESPACE,         /* @detail: the namespace */
	RK_SYMBOL_NOT_FOR_MODULE,    /* @detail: the namespace */
	RK_SYMBOL_VERSION_DIFFERS,
	RK_SYMBOL_VERSION_MISSING,
	RK_SYMBOL_VERSION_NONE,
	RK_SYMBOL_COMMON,
	RK_SYMBOL_SECTION,
	RK_SYMBOL_WEAK, /* no refusal */
	RK_N_SYMBOL_CAUSES,
};
enum {
	RK_SYMBOL_N_NAMES = 3,
	RK_SYMBOL_N_GROUPS = 32,
};
struct rk_symbol_group {
	enum rk_symbol_cause cause;
	const char *detail; /* "" if none; borrowed */
	const char *names[RK_SYMBOL_N_NAMES];
	size_t first; /* entry of the first in the symbol table */
	size_t count;
};
/* Why a name that nobody exports is missing. */
enum rk_symbol_cause rk_symbol_missing_cause(struct rk_judge *judge, const char *name);
void rk_symbol_explain(struct rk_judge *judge, const struct rk_symbol_group *group,
		       int sys_errno);

/* What comes of the message in a signature; see signer.c. */
enum rk_signer_answer {
	RK_SIGNER_TRUSTED,
	RK_SIGNER_UNKNOWN,     /* ENOKEY */
	RK_SIGNER_UNSUPPORTED, /* ENOPKG */
	RK_SIGNER_WRONG,       /* EKEYREJECTED: a known key, another digest */
	RK_SIGNER_REFUSED,     /* was said already */
	RK_SIGNER_UNDECIDED,   /* @why */
};
struct rk_signer {
	enum rk_signer_answer answer;
	char why[1024];
};
struct rk_signer rk_signer_judge(struct rk_judge *judge);

/* A section of SHF_RELA_LIVEPATCH is applied; see livepatch.c. False: the loader stops.
 */
bool rk_judge_apply_livepatch(struct rk_judge *judge, const Elf64_Shdr *header);

void rk_layout_free(struct rk_layout *layout); /* accepts NULL */

/* The stages, in files by what they look at. */
void rk_stage_caller(struct rk_judge *judge);
void rk_stage_file(struct rk_judge *judge);
void rk_stage_decompress(struct rk_judge *judge);
void rk_stage_signature(struct rk_judge *judge);
void rk_stage_header(struct rk_judge *judge);
void rk_stage_section_table(struct rk_judge *judge);
void rk_stage_section_names(struct rk_judge *judge);
void rk_stage_modinfo(struct rk_judge *judge);
void rk_stage_this_module(struct rk_judge *judge);
void rk_stage_symbol_table(struct rk_judge *judge);
void rk_stage_string_table(struct rk_judge *judge);
void rk_stage_versions(struct rk_judge *judge);
void rk_stage_strings(struct rk_judge *judge);
void rk_stage_blacklist(struct rk_judge *judge);
void rk_stage_module_layout(struct rk_judge *judge);
void rk_stage_vermagic(struct rk_judge *judge);
void rk_stage_livepatch(struct rk_judge *judge);
void rk_stage_loaded(struct rk_judge *judge);
void rk_stage_arch_sections(struct rk_judge *judge);
void rk_stage_section_flags(struct rk_judge *judge);
void rk_stage_layout(struct rk_judge *judge);
void rk_stage_symbol_names(struct rk_judge *judge);
void rk_stage_taints(struct rk_judge *judge);
void rk_stage_percpu(struct rk_judge *judge);
void rk_stage_constructors(struct rk_judge *judge);
void rk_stage_export_tables(struct rk_judge *judge);
void rk_stage_import_namespaces(struct rk_judge *judge);
void rk_stage_symbols(struct rk_judge *judge);
void rk_stage_relocations(struct rk_judge *judge);
void rk_stage_kallsyms(struct rk_judge *judge);
void rk_stage_finalize(struct rk_judge *judge);
void rk_stage_patch_tables(struct rk_judge *judge);
void rk_stage_duplicate_exports(struct rk_judge *judge);
void rk_stage_formation(struct rk_judge *judge);
void rk_stage_module_name(struct rk_judge *judge);
void rk_stage_patched(struct rk_judge *judge);
void rk_stage_btf(struct rk_judge *judge);
void rk_stage_parameters(struct rk_judge *judge);
void rk_stage_built_in(struct rk_judge *judge);
void rk_stage_sysfs(struct rk_judge *judge);
void rk_stage_init(struct rk_judge *judge);

#endif
