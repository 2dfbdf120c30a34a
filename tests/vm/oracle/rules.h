/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_ORACLE_RULES_H
#define RK_ORACLE_RULES_H

#include "lib/kernel/symvers.h"
#include "tests/vm/oracle/image.h"
#include "tests/vm/oracle/rng.h"

/* What a mutation may look at: the base's bytes, its numbers, the kernel's exports. */
struct mutation {
	struct image *image;
	struct rng *rng;
	const struct rk_symvers *symvers;
	const struct rk_buf
		*signature; /* PKCS#7 by a key that no kernel knows, or NULL */
	bool is_signed;     /* the base is a distribution's signed module */
};

/*
 * One way to damage a module. @aims is the check of the kernel's loader that it is for:
 * an ELF rule ("elf.7"), a step of load_module() ("load.19"), and so on; several
 * mutations aim at one check, from both sides of it.
 *
 * @apply: false if the base lacks what it needs; the image is then thrown away
 * @arg:   tells the mutations of one function apart
 * @share: slots in a round; the more there is to vary the more
 */
struct rule {
	const char *name;
	const char *aims;
	bool (*apply)(struct mutation *m, uint64_t arg);
	uint64_t arg;
	unsigned int share;
};

struct rule_table {
	const struct rule *rules;
	size_t n_rules;
};

extern const struct rule_table rules_btf;
extern const struct rule_table rules_compress;
extern const struct rule_table rules_export;
extern const struct rule_table rules_header;
extern const struct rule_table rules_modinfo;
extern const struct rule_table rules_random;
extern const struct rule_table rules_reloc;
extern const struct rule_table rules_section;
extern const struct rule_table rules_signature;
extern const struct rule_table rules_symbol;
extern const struct rule_table rules_unpack;
extern const struct rule_table rules_versions;

/* @name: of a section; false if there is none. */
bool rule_find(struct mutation *m, const char *name, size_t *ret);
/* The kernel neither runs its code nor follows its pointers, as it does with those of
 * parameters. */
bool rule_is_quiet(struct mutation *m);
/* Any section whose damage the loader does not look at: notes, comments, debugging. */
bool rule_find_idle(struct mutation *m, size_t *ret);
/* Any section with an index above 0. */
size_t rule_any_section(struct mutation *m);
/* An exported name of vmlinux: GPL-only or not, in a namespace that begins so. */
const struct rk_export *rule_any_export(struct mutation *m, bool gpl_only,
					const char *ns_prefix);

#endif
