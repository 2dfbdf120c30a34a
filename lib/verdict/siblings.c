/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The modules beside the judged one: what they export, and whether they taint. */
#include <string.h>

#include "lib/verdict/judge.h"

static int read_sibling(const struct rk_module *module, struct rk_sibling *ret,
			struct rk_error *err)
{
	struct rk_view view;
	struct rk_modinfo modinfo;
	const char *name;

	if (!rk_modinfo_find(module->data, module->size, &view, &modinfo))
		return 0;
	name = rk_modinfo_get(&modinfo, "name");
	snprintf(ret->name, sizeof(ret->name), "%s", name ? name : "");
	ret->proprietary =
		!rk_license_is_gpl_compatible(rk_modinfo_get(&modinfo, "license"));
	return rk_module_exports_read(&view, &ret->exports, err);
}

const struct rk_sibling *rk_judge_siblings(struct rk_judge *judge)
{
	const struct rk_verdict_target *target = judge->target;
	struct rk_error err = RK_ERROR_INIT;

	if (judge->siblings || target->n_siblings == 0)
		return judge->siblings;
	judge->siblings = calloc(target->n_siblings, sizeof(*judge->siblings));
	if (!judge->siblings) {
		judge->no_memory = true;
		return NULL;
	}
	for (size_t i = 0; i < target->n_siblings; i++)
		if (target->siblings[i] != judge->module &&
		    read_sibling(target->siblings[i], &judge->siblings[i], &err) < 0)
			judge->no_memory = true;
	return judge->siblings;
}
