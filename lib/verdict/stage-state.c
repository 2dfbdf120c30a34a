/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the running kernel adds; nothing of it is known of a kernel that does not run. */
#include <errno.h>
#include <string.h>

#include "lib/verdict/judge.h"

void rk_judge_doubt_state(struct rk_judge *judge, enum rk_state_file file,
			  const char *what)
{
	const char *why = judge->target->state->unread[file];
	struct rk_finding *finding = rk_judge_doubt(judge, "%s is not known", what);

	if (!why && file == RK_STATE_KALLSYMS) {
		rk_judge_why(judge, finding, "/proc/kallsyms does not tell enough");
		rk_judge_fix(
			judge, finding,
			"check it together with that module's file, or give its Module.symvers with --extra-symbols");
		return;
	}
	rk_judge_why(judge, finding, "%s", why ? why : "the kernel does not say");
	if (why)
		rk_judge_fix(judge, finding, "try it as uid 0");
}

bool rk_judge_sees_exports(const struct rk_judge *judge)
{
	const struct rk_state *state = judge->target->state;

	/* Without that option only functions are listed. */
	if (!state->unread[RK_STATE_KALLSYMS] &&
	    rk_kconfig_is_yes(judge->target->kernel->config, "CONFIG_KALLSYMS_ALL"))
		return true;
	for (size_t i = 0; i < state->n_modules; i++)
		if (state->modules[i].out_of_tree)
			return false;
	return true;
}

/* may_init_module() */
void rk_stage_caller(struct rk_judge *judge)
{
	const struct rk_state *state = judge->target->state;
	struct rk_finding *finding;

	if (!state || state->modules_disabled == RK_FACT_NO)
		return;
	if (state->modules_disabled == RK_FACT_UNKNOWN) {
		rk_judge_doubt_state(judge, RK_STATE_MODULES_DISABLED,
				     "whether the kernel still loads modules");
		return;
	}
	finding = rk_judge_refuse(judge, EPERM, "modules-disabled",
				  "the kernel loads no modules any more");
	rk_judge_where(judge, finding, "sysctl kernel.modules_disabled");
	rk_judge_fix(judge, finding, "%s", finding->kind->cure);
}

/* blacklisted(): the name in modinfo counts. */
void rk_stage_blacklist(struct rk_judge *judge)
{
	const struct rk_state *state = judge->target->state;
	struct rk_finding *finding;

	if (!state)
		return;
	if (state->unread[RK_STATE_COMMAND_LINE]) {
		rk_judge_doubt_state(judge, RK_STATE_COMMAND_LINE,
				     "whether module_blacklist= names the module");
		return;
	}
	if (!rk_state_is_blacklisted(state, judge->info_name))
		return;
	finding =
		rk_judge_refuse(judge, EPERM, "module-blacklisted",
				"the kernel was told not to load '%s'", judge->info_name);
	rk_judge_where(judge, finding, "kernel command line, module_blacklist=%s",
		       state->blacklist);
	rk_judge_fix(judge, finding, "%s", finding->kind->cure);
	rk_judge_message(judge, "Module %s is blacklisted", judge->info_name);
}

static void refuse_loaded(struct rk_judge *judge, enum rk_phase phase)
{
	struct rk_finding *finding;

	if (phase == RK_PHASE_LIVE) {
		finding = rk_judge_refuse(judge, EEXIST, "module-loaded",
					  "a module '%s' is loaded", judge->name);
		rk_judge_fix(
			judge, finding,
			"unload it first (rkmod unload %s), or put this in its place: rkmod reload",
			judge->name);
		return;
	}
	if (phase == RK_PHASE_UNLOADING) {
		finding = rk_judge_refuse(judge, EBUSY, "module-loaded",
					  "a module '%s' is being unloaded", judge->name);
		rk_judge_fix(judge, finding, "wait until it is gone");
		return;
	}
	finding = rk_judge_refuse(judge, 0, "module-loaded",
				  "a module '%s' is being loaded", judge->name);
	rk_judge_why(
		judge, finding,
		"the kernel waits for it: EEXIST if its initialisation succeeds, EBUSY if it fails");
}

/* module_patient_check_exists() */
void rk_stage_loaded(struct rk_judge *judge)
{
	const struct rk_state *state = judge->target->state;
	const struct rk_loaded *loaded;

	if (!state)
		return;
	if (state->unread[RK_STATE_MODULES]) {
		rk_judge_doubt_state(judge, RK_STATE_MODULES,
				     "whether a module of this name is loaded");
		return;
	}
	loaded = rk_state_find_module(state, judge->name);
	/* The kernel's names are exact. */
	if (loaded && strcmp(loaded->name, judge->name) == 0)
		refuse_loaded(judge, loaded->phase);
}

/* klp_module_coming(): a patch is applied to what it was made for. */
void rk_stage_patched(struct rk_judge *judge)
{
	const struct rk_state *state = judge->target->state;

	for (size_t i = 0; state && i < state->patches.n_items; i++) {
		const char *patch = state->patches.items[i];
		const char *object = strchr(patch, '/') + 1;

		if (strcmp(object, judge->name) == 0)
			rk_judge_doubt(
				judge,
				"whether the loaded livepatch '%.*s' can be applied to this module is not known",
				(int)(object - patch - 1), patch);
	}
}

/* mod_sysfs_init(): a folder of this name is there, and the module is not loaded. */
void rk_stage_built_in(struct rk_judge *judge)
{
	const struct rk_state *state = judge->target->state;
	struct rk_finding *finding;

	if (!state || !rk_strv_contains(&state->sys_modules, judge->name) ||
	    state->unread[RK_STATE_MODULES] || rk_state_find_module(state, judge->name))
		return;
	finding = rk_judge_refuse(judge, EINVAL, "module-built-in",
				  "'%s' is built into the kernel", judge->name);
	rk_judge_where(judge, finding, "/sys/module/%s", judge->name);
	rk_judge_why(judge, finding, "%s", finding->kind->cause);
	rk_judge_fix(judge, finding, "%s", finding->kind->cure);
	rk_judge_message(judge, "%s: module is already loaded", judge->name);
}
