/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The modules beside the judged one: what they export, and whether they taint. */
#include <string.h>

#include "lib/verdict/judge.h"

/* Sections and names of a module that need not be one; false: it is none. */
static bool open_view(const struct rk_module *module, struct rk_view *view)
{
	struct rk_signature signature = rk_signature_find(module->data, module->size);
	Elf64_Shdr names;
	struct rk_bytes bytes;

	rk_view_init(view, module->data, signature.size);
	if (view->file.size < sizeof(view->header) ||
	    memcmp(view->header.e_ident, ELFMAG, SELFMAG) != 0 ||
	    view->header.e_shentsize != sizeof(Elf64_Shdr) || !rk_view_set_sections(view))
		return false;
	names = rk_view_section(view, view->header.e_shstrndx);
	bytes = rk_view_contents(view, &names);
	return bytes.size && bytes.data[bytes.size - 1] == '\0' &&
	       rk_view_set_names(view, &names);
}

static int read_sibling(const struct rk_module *module, struct rk_sibling *ret,
			struct rk_error *err)
{
	struct rk_view view;
	struct rk_modinfo modinfo;
	Elf64_Shdr section;
	const char *name;
	size_t count;

	if (!open_view(module, &view))
		return 0;
	section = rk_view_section(&view, rk_view_find_any(&view, ".modinfo", &count));
	modinfo = rk_modinfo_open(&view, &section);
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
