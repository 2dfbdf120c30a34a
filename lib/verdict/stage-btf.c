/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel/bpf/btf.c: btf_parse_module(). */
#include <errno.h>
#include <string.h>

#include "lib/verdict/btf.h"
#include "lib/verdict/judge.h"

/* The first section of a name, whatever its flags and type, as any_section_objs() finds
 * it. The loader takes offset and size of any; only the type NOBITS saved them from being
 * checked. */
static struct rk_bytes find(struct rk_judge *judge, const char *name)
{
	struct rk_bytes bytes = {0};

	for (size_t i = 1; i < judge->view.n_sections; i++) {
		Elf64_Shdr section = rk_view_section(&judge->view, i);

		if (strcmp(rk_view_label(&judge->view, &section), name) != 0)
			continue;
		if (!rk_view_range(&judge->view, section.sh_offset, section.sh_size,
				   &bytes))
			rk_judge_where(judge,
				       rk_judge_fault(judge, "fault-btf",
						      "section %s lies outside the file",
						      name),
				       "section header %zu, sh_offset and sh_size", i);
		break;
	}
	return bytes;
}

/* CONFIG_MODULE_ALLOW_BTF_MISMATCH: looked at all the same, and then done without. */
static struct rk_finding *add_problem(struct rk_judge *judge, const char *section,
				      const struct rk_btf_problem *problem)
{
	static const char what[] = "the type information in %s is damaged: %s";
	struct rk_finding *finding;

	if (problem->is_fault)
		return rk_judge_fault(judge, "fault-btf", what, section, problem->text);
	if (!judge->facts.btf_mismatch_ok)
		return rk_judge_refuse(judge, problem->sys_errno, "btf", what, section,
				       problem->text);
	finding = rk_judge_note(judge, "btf", what, section, problem->text);
	finding->severity = RK_SEVERITY_WARNING;
	return finding;
}

static void refuse(struct rk_judge *judge, const char *section,
		   const struct rk_btf_problem *problem)
{
	struct rk_finding *finding;

	if (problem->no_memory) {
		judge->no_memory = true;
		return;
	}
	finding = add_problem(judge, section, problem);
	if (problem->type)
		rk_judge_where(judge, finding, "section %s, type %u", section,
			       problem->type);
	else
		rk_judge_where(judge, finding, "section %s", section);
	rk_judge_fix(judge, finding, "%s", finding->kind->cure);
	if (!problem->is_fault)
		rk_judge_message(judge, "failed to validate module [%s] BTF: -%d",
				 judge->name, problem->sys_errno);
}

/* The kernel's own type information; false: it is not to be had. */
static bool open_kernel(const struct rk_judge *judge, struct rk_elf_section *section,
			struct rk_btf *ret)
{
	struct rk_error ignored = RK_ERROR_INIT;
	const struct rk_kernel *kernel = judge->target->kernel;

	ret->has_layout = judge->facts.btf_layout;
	return kernel && kernel->root && kernel->kdir_real &&
	       rk_kernel_map_btf(kernel, section, &ignored) == 0 &&
	       rk_btf_open(ret, (struct rk_bytes){section->data, section->size});
}

static void doubt(struct rk_judge *judge)
{
	rk_judge_doubt(
		judge,
		"the type information builds on the kernel's own, which cannot be read here");
}

/* With .BTF.base: the types in it are looked for in the kernel's. */
static void judge_distilled(struct rk_judge *judge, struct rk_bytes data,
			    struct rk_bytes base_data)
{
	struct rk_btf base = {.has_layout = judge->facts.btf_layout};
	struct rk_btf btf = {.has_layout = judge->facts.btf_layout, .base = &base};
	struct rk_btf kernel = {0};
	struct rk_btf_problem problem;
	cleanup_elf_section struct rk_elf_section section = RK_ELF_SECTION_INIT;

	if (!rk_btf_check(&base, base_data, &problem)) {
		refuse(judge, ".BTF.base", &problem);
		return;
	}
	/* Where the kernel's cannot be read: as Kbuild made it, it fits the kernel whose
	 * headers it used. */
	if (!rk_btf_check(&btf, data, &problem) ||
	    (open_kernel(judge, &section, &kernel) &&
	     !rk_btf_relocate(&btf, &kernel, &problem)))
		refuse(judge, ".BTF", &problem);
}

void rk_stage_btf(struct rk_judge *judge)
{
	struct rk_bytes data;
	struct rk_bytes base_data;
	struct rk_btf btf = {.has_layout = judge->facts.btf_layout};
	struct rk_btf kernel = {0};
	struct rk_btf_problem problem;
	cleanup_elf_section struct rk_elf_section section = RK_ELF_SECTION_INIT;

	if (!judge->facts.btf_modules)
		return;
	data = find(judge, ".BTF");
	base_data = find(judge, ".BTF.base");
	if (data.size == 0 || judge->failed)
		return;
	if (base_data.size) {
		judge_distilled(judge, data, base_data);
		return;
	}
	/* Modules of the kernel's own tree were made with its BTF; others are looked at.
	 */
	if (!rk_modinfo_get(&judge->modinfo, "intree") &&
	    open_kernel(judge, &section, &kernel) && rk_btf_count_types(&kernel))
		btf.base = &kernel;
	else
		btf.base_is_unknown = true;
	if (!rk_btf_check(&btf, data, &problem))
		refuse(judge, ".BTF", &problem);
	else if (btf.base_is_unknown && !judge->facts.btf_mismatch_ok &&
		 !rk_modinfo_get(&judge->modinfo, "intree"))
		doubt(judge);
}
