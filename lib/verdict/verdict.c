/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/verdict/judge.h"

/* load_module() and what it calls, in its order. */
static const struct rk_stage stages[] = {
	{"caller", 0, 0, rk_stage_caller},
	{"file", 0, 0, rk_stage_file},
	{"decompress", 0, 0, rk_stage_decompress},
	{"signature", 0, 0, rk_stage_signature},
	{"elf-header", 0, RK_HAVE_HEADER, rk_stage_header},
	{"section-table", RK_HAVE_HEADER, RK_HAVE_SECTIONS, rk_stage_section_table},
	{"section-names", RK_HAVE_SECTIONS, RK_HAVE_NAMES, rk_stage_section_names},
	{"modinfo", RK_HAVE_NAMES, RK_HAVE_MODINFO, rk_stage_modinfo},
	{"this-module", RK_HAVE_NAMES, RK_HAVE_MODULE, rk_stage_this_module},
	{"symbol-table", RK_HAVE_SECTIONS, RK_HAVE_SYMTAB, rk_stage_symbol_table},
	{"string-table", RK_HAVE_SYMTAB, RK_HAVE_STRTAB, rk_stage_string_table},
	{"versions", RK_HAVE_NAMES, RK_HAVE_VERSIONS, rk_stage_versions},
	{"strings", RK_HAVE_STRTAB, RK_HAVE_SYMBOLS, rk_stage_strings},
	{"blacklist", RK_HAVE_MODINFO, 0, rk_stage_blacklist},
	{"module-layout", RK_HAVE_VERSIONS | RK_HAVE_SYMVERS, 0, rk_stage_module_layout},
	{"vermagic", RK_HAVE_MODINFO | RK_HAVE_KERNEL, 0, rk_stage_vermagic},
	{"livepatch", RK_HAVE_MODINFO | RK_HAVE_KERNEL, 0, rk_stage_livepatch},
	{"loaded", RK_HAVE_MODULE, 0, rk_stage_loaded},
	{"arch-sections", RK_HAVE_NAMES, 0, rk_stage_arch_sections},
	{"section-flags", RK_HAVE_NAMES, 0, rk_stage_section_flags},
	{"layout", RK_HAVE_NAMES, 0, rk_stage_layout},
	{"symbol-names", RK_HAVE_SYMBOLS | RK_HAVE_NAMES, 0, rk_stage_symbol_names},
	{"taints", RK_HAVE_MODINFO, 0, rk_stage_taints},
	{"percpu", RK_HAVE_NAMES, 0, rk_stage_percpu},
	{"constructors", RK_HAVE_NAMES, 0, rk_stage_constructors},
	{"export-tables", RK_HAVE_NAMES, 0, rk_stage_export_tables},
	{"import-namespaces", RK_HAVE_MODINFO, 0, rk_stage_import_namespaces},
	{"symbols", RK_HAVE_SYMBOLS | RK_HAVE_MODINFO, 0, rk_stage_symbols},
	{"relocations", RK_HAVE_SYMBOLS | RK_HAVE_NAMES, 0, rk_stage_relocations},
	{"kallsyms", RK_HAVE_SYMBOLS, 0, rk_stage_kallsyms},
	{"finalize", RK_HAVE_NAMES, 0, rk_stage_finalize},
	{"patch-tables", RK_HAVE_SYMBOLS | RK_HAVE_NAMES, 0, rk_stage_patch_tables},
	{"duplicate-exports", RK_HAVE_SYMVERS | RK_HAVE_NAMES, 0,
	 rk_stage_duplicate_exports},
	{"formation", RK_HAVE_MODULE, 0, rk_stage_formation},
	{"module-name", RK_HAVE_MODULE, 0, rk_stage_module_name},
	{"livepatched", RK_HAVE_MODULE, 0, rk_stage_patched},
	{"btf", RK_HAVE_NAMES | RK_HAVE_KERNEL, 0, rk_stage_btf},
	{"parameters", RK_HAVE_MODINFO, 0, rk_stage_parameters},
	{"built-in", RK_HAVE_MODULE, 0, rk_stage_built_in},
	{"sysfs", RK_HAVE_NAMES, 0, rk_stage_sysfs},
	{"init", RK_HAVE_SYMBOLS | RK_HAVE_NAMES, 0, rk_stage_init},
};

const char *rk_answer_name(enum rk_answer answer)
{
	static const char *const names[] = {"accept", "refuse", "fault", "undecided"};

	return names[answer];
}

const char *rk_verdict_errno_name(const struct rk_verdict *verdict)
{
	const char *name;

	if (verdict->sys_errno == 0)
		return NULL;
	name = strerrorname_np(verdict->sys_errno);
	return name ? name : "524";
}

static void run_stages(struct rk_judge *judge)
{
	for (size_t i = 0; i < RK_ARRAY_LEN(stages); i++) {
		const struct rk_stage *stage = &stages[i];

		if ((judge->have & stage->needs) != stage->needs)
			continue;
		judge->stage = stage;
		judge->failed = false;
		stage->run(judge);
		if (!judge->failed)
			judge->have |= stage->gives;
	}
}

/* The kernel's letters (Documentation/admin-guide/tainted-kernels.rst). */
static void write_taints(const struct rk_judge *judge)
{
	static const char letters[] = "PFCOEKN";
	char *next = judge->verdict->taints;

	if (judge->decided)
		return;
	for (size_t i = 0; i < RK_N_TAINTS; i++)
		if (judge->taints & 1U << i)
			*next++ = letters[i];
	*next = '\0';
}

/* Most important first; what is alike stays in the order of the stages. */
static void sort_findings(struct rk_findings *findings)
{
	for (size_t i = 1; i < findings->n_items; i++) {
		struct rk_finding finding = findings->items[i];
		size_t k = i;

		for (; k > 0 && findings->items[k - 1].severity < finding.severity; k--)
			findings->items[k] = findings->items[k - 1];
		findings->items[k] = finding;
	}
}

/* What a stage did not say in particular is said in general. */
static void complete_findings(struct rk_findings *findings)
{
	for (size_t i = 0; i < findings->n_items; i++) {
		struct rk_finding *finding = &findings->items[i];
		bool is_doubt = strcmp(finding->kind->code, "undecided") == 0;

		if (finding->severity == RK_SEVERITY_NOTE)
			continue;
		if (!finding->why[0] && !is_doubt)
			rk_finding_why(findings, finding, "%s", finding->kind->cause);
		if (!finding->fix[0])
			rk_finding_fix(findings, finding, "%s", finding->kind->cure);
	}
}

static void release_judge(struct rk_judge *judge)
{
	free(judge->tags);
	rk_layout_free(judge->layout);
	rk_module_exports_release(&judge->exports);
	rk_versions_release(&judge->versions);
}

/* What the running kernel says of itself. */
static void ask_state(struct rk_loader_facts *facts, const struct rk_state *state)
{
	if (!facts->sig_force)
		facts->sig_enforce = state->sig_enforce;
	facts->lockdown = facts->can_lock_down ? state->lockdown : RK_FACT_NO;
}

static void start(struct rk_judge *judge)
{
	if (judge->target->facts)
		judge->facts = *judge->target->facts;
	else
		judge->facts = rk_loader_facts(judge->target->kernel);
	if (judge->target->state)
		ask_state(&judge->facts, judge->target->state);
	if (judge->facts.known)
		judge->have |= RK_HAVE_KERNEL;
	if (judge->target->kernel && judge->target->kernel->symvers)
		judge->have |= RK_HAVE_SYMVERS;
}

int rk_verdict_judge(const struct rk_module *module,
		     const struct rk_verdict_target *target, struct rk_verdict *ret,
		     struct rk_error *err)
{
	struct rk_verdict verdict = {.answer = RK_ANSWER_ACCEPT};
	struct rk_judge judge = {
		.module = module,
		.target = target,
		.verdict = &verdict,
		.info_name = "",
	};

	start(&judge);
	run_stages(&judge);
	complete_findings(&verdict.findings);
	write_taints(&judge);
	release_judge(&judge);
	if (!verdict.kernel_message)
		verdict.kernel_message = strdup("");
	if (judge.no_memory || !verdict.kernel_message ||
	    rk_findings_check(&verdict.findings, err) < 0) {
		rk_verdict_release(&verdict);
		return rk_error_nomem(err);
	}
	sort_findings(&verdict.findings);
	*ret = verdict;
	return 0;
}

void rk_verdict_release(struct rk_verdict *verdict)
{
	free(verdict->kernel_message);
	verdict->kernel_message = NULL;
	rk_findings_release(&verdict->findings);
}
