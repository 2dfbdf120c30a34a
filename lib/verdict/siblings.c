/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/verdict/judge.h"
#include "lib/verdict/siblings.h"

int rk_siblings_init(struct rk_siblings *ret, size_t n, struct rk_error *err)
{
	*ret = (struct rk_siblings){.items = calloc(n ? n : 1, sizeof(*ret->items))};
	if (!ret->items)
		return rk_error_nomem(err);
	ret->n_items = n;
	return 0;
}

void rk_siblings_release(struct rk_siblings *siblings)
{
	for (size_t i = 0; i < siblings->n_items; i++) {
		rk_module_exports_release(&siblings->items[i].exports);
		free(siblings->items[i].names);
	}
	free(siblings->items);
	*siblings = (struct rk_siblings){0};
}

static size_t text_size(const char *text)
{
	return strlen(text) + 1;
}

static const char *move(const char *text, char **to)
{
	char *copy = *to;
	size_t size = text_size(text);

	memcpy(copy, text, size);
	*to += size;
	return copy;
}

/* The module's bytes may be gone when its exports are looked for. */
static int keep_names(struct rk_sibling *sibling, struct rk_error *err)
{
	struct rk_module_exports *exports = &sibling->exports;
	size_t size = 1;
	char *to;

	for (size_t i = 0; i < exports->n_items; i++)
		size += text_size(exports->items[i].name) +
			text_size(exports->items[i].ns);
	sibling->names = malloc(size);
	if (!sibling->names)
		return rk_error_nomem(err);
	to = sibling->names;
	for (size_t i = 0; i < exports->n_items; i++) {
		exports->items[i].name = move(exports->items[i].name, &to);
		exports->items[i].ns = move(exports->items[i].ns, &to);
	}
	return 0;
}

int rk_siblings_set(struct rk_siblings *siblings, size_t i,
		    const struct rk_module *module, struct rk_error *err)
{
	struct rk_sibling *sibling = &siblings->items[i];
	struct rk_view view;
	struct rk_modinfo modinfo;
	const char *name;

	sibling->module = module;
	if (!rk_modinfo_find(module->data, module->size, &view, &modinfo))
		return 0;
	name = rk_modinfo_get(&modinfo, "name");
	snprintf(sibling->name, sizeof(sibling->name), "%s", name ? name : "");
	sibling->proprietary =
		!rk_license_is_gpl_compatible(rk_modinfo_get(&modinfo, "license"));
	if (rk_module_exports_read(&view, &sibling->exports, err) < 0)
		return -(int)err->code;
	return keep_names(sibling, err);
}
