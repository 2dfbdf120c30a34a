// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/vm/oracle/rules.h"

#include <string.h>

bool rule_find(struct mutation *m, const char *name, size_t *ret)
{
	size_t i = image_find(m->image, name);

	if (i)
		*ret = i;
	return i;
}

bool rule_is_quiet(struct mutation *m)
{
	return image_is_inert(m->image) && !image_find(m->image, "__param");
}

static bool is_idle(const char *name)
{
	/* .note.GNU-stack is empty and .note.Linux wanted by name elsewhere. */
	return strcmp(name, ".comment") == 0 || strcmp(name, ".note.gnu.build-id") == 0 ||
	       strcmp(name, ".note.gnu.property") == 0 ||
	       strcmp(name, ".note.Linux") == 0;
}

bool rule_find_idle(struct mutation *m, size_t *ret)
{
	size_t n = image_n_sections(m->image);
	size_t start = rng_below(m->rng, n);

	for (size_t k = 0; k < n; k++) {
		size_t i = (start + k) % n;

		if (i && is_idle(image_section_name(m->image, i))) {
			*ret = i;
			return true;
		}
	}
	return false;
}

size_t rule_any_section(struct mutation *m)
{
	return 1 + rng_below(m->rng, image_n_sections(m->image) - 1);
}

static bool fits(const struct rk_export *export, bool gpl_only, const char *ns_prefix)
{
	if (export->gpl_only != gpl_only || strcmp(export->owner, "vmlinux") != 0)
		return false;
	return ns_prefix ? strncmp(export->ns, ns_prefix, strlen(ns_prefix)) == 0
			 : !*export->ns;
}

const struct rk_export *rule_any_export(struct mutation *m, bool gpl_only,
					const char *ns_prefix)
{
	size_t n = rk_symvers_count(m->symvers);
	size_t start = rng_below(m->rng, n);

	for (size_t k = 0; k < n; k++) {
		const struct rk_export *export =
			rk_symvers_at(m->symvers, (start + k) % n);

		if (fits(export, gpl_only, ns_prefix))
			return export;
	}
	return NULL;
}
