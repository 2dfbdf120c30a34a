/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel/livepatch/core.c: klp_apply_section_relocs() */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "lib/verdict/judge.h"

enum {
	SHN_LIVEPATCH = 0xff20,
};

/* ".klp.sym.OBJECT.NAME,POSITION", by the kernel's sscanf() */
static bool is_livepatch_name(const char *name)
{
	static const char prefix[] = ".klp.sym.";
	enum {
		MAX_OBJECT = 55,
		MAX_NAME = 511,
	};
	size_t len;

	if (strncmp(name, prefix, strlen(prefix)) != 0)
		return false;
	name += strlen(prefix);
	len = strcspn(name, ".");
	if (len == 0 || len > MAX_OBJECT || name[len] != '.')
		return false;
	name += len + 1;
	len = strcspn(name, ",");
	return len && len <= MAX_NAME && name[len] == ',' &&
	       isdigit((uint8_t)name[len + 1]);
}

static bool refuse_livepatch(struct rk_judge *judge, const char *name, const char *what)
{
	struct rk_finding *finding = rk_judge_refuse(judge, EINVAL, "livepatch-symbol",
						     "symbol '%s' %s", name, what);

	rk_judge_fix(judge, finding, "%s", finding->kind->cure);
	rk_judge_message(judge, "livepatch: symbol %s %s", name, what);
	return false;
}

/* klp_resolve_symbols(), as far as the file decides. */
static bool check_livepatch_symbol(struct rk_judge *judge, const Elf64_Shdr *header,
				   const Elf64_Rela *rela)
{
	const char *name;
	Elf64_Sym symbol;

	if (!rk_bytes_symbol(judge->symbols, ELF64_R_SYM(rela->r_info), &symbol)) {
		rk_judge_where(
			judge,
			rk_judge_fault(judge, "fault-symbol-index",
				       "a relocation to symbol %llu of %zu",
				       (unsigned long long)ELF64_R_SYM(rela->r_info),
				       judge->symbols.size / sizeof(symbol)),
			"section %s", rk_view_label(&judge->view, header));
		return false;
	}
	name = rk_judge_symbol_name(judge, &symbol);
	if (symbol.st_shndx != SHN_LIVEPATCH)
		return refuse_livepatch(judge, name,
					"is not marked as a livepatch symbol");
	return is_livepatch_name(name) ||
	       refuse_livepatch(judge, name, "has an incorrectly formatted name");
}

/* klp_apply_section_relocs(): while loading, those for the kernel itself. */
bool rk_judge_apply_livepatch(struct rk_judge *judge, const Elf64_Shdr *header)
{
	static const char prefix[] = ".klp.rela.";
	const char *name = rk_view_label(&judge->view, header);
	struct rk_bytes relas = rk_view_contents(&judge->view, header);
	const char *object = name + strlen(prefix);
	Elf64_Rela rela;

	if (!judge->facts.livepatch)
		return true;
	if (strncmp(name, prefix, strlen(prefix)) != 0 || !*object || *object == '.') {
		rk_judge_refuse(
			judge, EINVAL, "relocation-type",
			"section %s is marked for livepatching, and not named for it",
			name);
		rk_judge_message(
			judge, "livepatch: section %s has an incorrectly formatted name",
			name);
		return false;
	}
	if (strcspn(object, ".") != strlen("vmlinux") ||
	    strncmp(object, "vmlinux", strlen("vmlinux")) != 0)
		return true;
	for (size_t i = 0; rk_bytes_rela(relas, i, &rela); i++)
		if (!check_livepatch_symbol(judge, header, &rela))
			return false;
	if (relas.size >= sizeof(rela))
		rk_judge_doubt(
			judge,
			"whether the kernel has the symbols that section %s names is not known",
			name);
	return true;
}
