/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel/bpf/btf.c: btf_parse_module(). What the section alone decides; whether types of
 * .BTF.base are found again in the kernel's is not looked at.
 */
#include <errno.h>
#include <string.h>

#include "lib/verdict/btf.h"
#include "lib/verdict/judge.h"

/* The first section of a name, whatever its flags, as any_section_objs(). */
static struct rk_bytes find(const struct rk_judge *judge, const char *name)
{
	for (size_t i = 1; i < judge->view.n_sections; i++) {
		Elf64_Shdr section = rk_view_section(&judge->view, i);

		if (strcmp(rk_view_label(&judge->view, &section), name) == 0)
			return rk_view_contents(&judge->view, &section);
	}
	return (struct rk_bytes){0};
}

static void refuse(struct rk_judge *judge, const char *section,
		   const struct rk_btf_problem *problem)
{
	struct rk_finding *finding;

	finding = rk_judge_refuse(judge, problem->sys_errno, "btf",
				  "the type information in %s is damaged: %s", section,
				  problem->text);
	if (problem->type)
		rk_judge_where(judge, finding, "section %s, type %u", section,
			       problem->type);
	else
		rk_judge_where(judge, finding, "section %s, header", section);
	rk_judge_fix(judge, finding, "%s", finding->kind->cure);
	rk_judge_message(judge, "failed to validate module [%s] BTF: -%d", judge->name,
			 problem->sys_errno);
}

void rk_stage_btf(struct rk_judge *judge)
{
	struct rk_bytes data = find(judge, ".BTF");
	struct rk_bytes base_data = find(judge, ".BTF.base");
	struct rk_btf base = {.has_layout = judge->facts.btf_layout};
	struct rk_btf btf = {.has_layout = judge->facts.btf_layout};
	struct rk_btf_problem problem;

	if (!judge->facts.btf_modules || judge->facts.btf_mismatch_ok || data.size == 0)
		return;
	if (base_data.size == 0)
		btf.base_is_kernel = true;
	else if (rk_btf_check(&base, base_data, &problem))
		btf.base = &base;
	else {
		refuse(judge, ".BTF.base", &problem);
		return;
	}
	if (!rk_btf_check(&btf, data, &problem))
		refuse(judge, ".BTF", &problem);
	/* Modules of the kernel's own tree were made with its BTF. */
	else if (btf.base_is_kernel && !rk_modinfo_get(&judge->modinfo, "intree"))
		rk_judge_doubt(
			judge,
			"the type information builds on the kernel's own, which is not read here");
}
