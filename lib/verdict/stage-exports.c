/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the module exports: find_module_sections(), verify_exported_symbols(). */
#include <errno.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/verdict/judge.h"

enum {
	ENTRY_SIZE = 12, /* struct kernel_symbol */
};

static size_t count_entries(const struct rk_judge *judge, const char *name)
{
	Elf64_Shdr section =
		rk_view_section(&judge->view, rk_view_find_loaded(&judge->view, name));

	return section.sh_size / ENTRY_SIZE;
}

static void note_obsolete(struct rk_judge *judge, const char *name)
{
	struct rk_finding *finding;

	if (!rk_view_find_loaded(&judge->view, name))
		return;
	finding = rk_judge_note(judge, "export-obsolete", "section %s is ignored", name);
	rk_judge_why(judge, finding, "%s", finding->kind->cause);
	rk_judge_fix(judge, finding, "%s", finding->kind->cure);
}

static void need_versions(struct rk_judge *judge, const char *table, const char *versions)
{
	if (!judge->facts.modversions || count_entries(judge, table) == 0 ||
	    rk_view_find_loaded(&judge->view, versions) ||
	    rk_judge_force_load(judge, "no versions for exported symbols",
				"no versions of what it exports"))
		return;
	rk_judge_refuse(judge, ENOEXEC, "export-versions",
			"the module exports symbols without versions (%s is missing)",
			versions);
}

void rk_stage_export_tables(struct rk_judge *judge)
{
	if (!judge->facts.kflagstab) {
		need_versions(judge, "__ksymtab", "__kcrctab");
		need_versions(judge, "__ksymtab_gpl", "__kcrctab_gpl");
		return;
	}
	note_obsolete(judge, "__ksymtab_gpl");
	note_obsolete(judge, "__kcrctab_gpl");
	note_obsolete(judge, "__obsparm");
	if (count_entries(judge, "__ksymtab") &&
	    !rk_view_find_loaded(&judge->view, "__kflagstab")) {
		struct rk_finding *finding = rk_judge_refuse(
			judge, ENOEXEC, "export-flags",
			"the module exports symbols without flags (__kflagstab is missing)");

		rk_judge_why(judge, finding, "%s", finding->kind->cause);
		rk_judge_fix(judge, finding, "%s", finding->kind->cure);
		rk_judge_message(judge, "%s: no flags for exported symbols", judge->name);
		return;
	}
	need_versions(judge, "__ksymtab", "__kcrctab");
}

/* The kernel's own entry for what this module exports: it is in the kernel's tree. */
static bool is_own(const struct rk_judge *judge, const char *owner)
{
	const char *base = rk_path_base(owner);
	size_t i = 0;

	for (; base[i]; i++)
		if ((base[i] == '-' ? '_' : base[i]) != judge->name[i])
			return false;
	return judge->name[i] == '\0';
}

static void warn_duplicate(struct rk_judge *judge, const char *name, const char *owner)
{
	struct rk_finding *finding = rk_judge_note(
		judge, "export-duplicate",
		"'%s' is exported by '%s', too: only one of the two can be loaded", name,
		owner);

	finding->severity = RK_SEVERITY_WARNING;
}

/* @owner: "kernel" is the kernel itself. */
static void refuse_duplicate(struct rk_judge *judge, const char *name, const char *owner)
{
	struct rk_finding *finding;

	if (strcmp(owner, "kernel") == 0)
		finding = rk_judge_refuse(judge, ENOEXEC, "export-duplicate",
					  "'%s' is exported by the kernel itself", name);
	else
		finding = rk_judge_refuse(judge, ENOEXEC, "export-duplicate",
					  "'%s' is exported by module '%s'", name, owner);
	rk_judge_fix(judge, finding, "%s", finding->kind->cure);
	rk_judge_message(judge, "%s: exports duplicate symbol %s (owned by %s)",
			 judge->name, name, owner);
}

/* Modules that no Module.symvers knows. */
static void check_loaded_export(struct rk_judge *judge, const char *name)
{
	const struct rk_state *state = judge->target->state;
	const struct rk_state_export *export =
		state ? rk_state_find_export(state, name) : NULL;
	char what[256];

	if (export && strcmp(export->owner, judge->name) != 0) {
		refuse_duplicate(judge, name, export->owner);
	} else if (state && !export && !rk_judge_sees_exports(judge)) {
		snprintf(what, sizeof(what),
			 "whether a loaded module exports '%.180s' as well", name);
		rk_judge_doubt_state(judge, RK_STATE_KALLSYMS, what);
		judge->failed = true; /* one is enough */
	}
}

static void check_export(struct rk_judge *judge, const struct rk_module_export *export)
{
	const struct rk_export *other =
		rk_symvers_find(judge->target->kernel->symvers, export->name);

	if (!other || is_own(judge, other->owner)) {
		check_loaded_export(judge, export->name);
		return;
	}
	if (strcmp(other->owner, "vmlinux") == 0)
		refuse_duplicate(judge, export->name, "kernel");
	else if (!judge->target->state)
		warn_duplicate(judge, export->name, other->owner);
	else if (rk_state_find_module(judge->target->state, rk_path_base(other->owner)))
		refuse_duplicate(judge, export->name, rk_path_base(other->owner));
}

void rk_stage_duplicate_exports(struct rk_judge *judge)
{
	struct rk_error err = RK_ERROR_INIT;

	if (count_entries(judge, "__ksymtab") == 0 &&
	    count_entries(judge, "__ksymtab_gpl") == 0)
		return;
	if (rk_module_exports_read(&judge->view, &judge->exports, &err) < 0) {
		judge->no_memory = true;
		return;
	}
	for (size_t i = 0; !judge->failed && i < judge->exports.n_items; i++)
		check_export(judge, &judge->exports.items[i]);
}

/* setup_modinfo(): EPERM, whether the namespace is used or not. */
void rk_stage_import_namespaces(struct rk_judge *judge)
{
	const char *ns = NULL;

	if (!judge->facts.module_namespaces)
		return;
	while ((ns = rk_modinfo_next(&judge->modinfo, "import_ns", ns))) {
		struct rk_finding *finding;

		if (strncmp(ns, "module:", strlen("module:")) != 0)
			continue;
		finding = rk_judge_refuse(judge, EPERM, "namespace-import",
					  "the module imports the namespace '%s'", ns);
		rk_judge_where(judge, finding, "section .modinfo, import_ns");
		rk_judge_why(judge, finding, "%s", finding->kind->cause);
		rk_judge_fix(judge, finding, "%s", finding->kind->cure);
		rk_judge_message(judge, "%s: module tries to import module namespace: %s",
				 judge->name, ns);
		return;
	}
}
