/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/module/modinfo.h"
#include "lib/module/module.h"
#include "lib/pipeline/order.h"

struct item {
	const char *path;
	char *name; /* as the module calls itself; "" if it is none */
	char *depends;
	bool placed;
};

struct items {
	struct item *items;
	size_t n;
};

static void release_items(struct items *items)
{
	for (size_t i = 0; i < items->n; i++) {
		free(items->items[i].name);
		free(items->items[i].depends);
	}
	free(items->items);
}

static bool is_same(char a, char b)
{
	return a == b || ((a == '-' || a == '_') && (b == '-' || b == '_'));
}

bool rk_depends_has(const char *list, const char *name)
{
	size_t len = strlen(name);

	while (*list) {
		size_t word = strcspn(list, ",");
		size_t same = 0;

		while (same < word && same < len && is_same(list[same], name[same]))
			same++;
		if (len && word == len && same == len)
			return true;
		list += word;
		list += *list == ',';
	}
	return false;
}

static int read_item(const char *path, struct item *item, struct rk_error *err)
{
	cleanup(rk_module_free_p) struct rk_module *module = NULL;
	const char *depends = NULL;
	const char *name = NULL;
	struct rk_modinfo info;
	struct rk_view view;

	item->path = path;
	if (rk_module_open(path, &module, err) < 0)
		return -(int)err->code;
	if (rk_modinfo_find(module->data, module->size, &view, &info)) {
		name = rk_modinfo_get(&info, "name");
		depends = rk_modinfo_get(&info, "depends");
	}
	if (rk_strdup(name ? name : "", &item->name, err) < 0)
		return -(int)err->code;
	return rk_strdup(depends ? depends : "", &item->depends, err);
}

static bool is_ready(const struct items *all, const struct item *item)
{
	for (size_t i = 0; i < all->n; i++)
		if (!all->items[i].placed && &all->items[i] != item &&
		    rk_depends_has(item->depends, all->items[i].name))
			return false;
	return true;
}

/* The next that can be loaded; in a circle the first that is left. */
static struct item *choose(const struct items *all)
{
	struct item *first = NULL;

	for (size_t i = 0; i < all->n; i++) {
		struct item *item = &all->items[i];

		if (item->placed)
			continue;
		if (is_ready(all, item))
			return item;
		if (!first)
			first = item;
	}
	return first;
}

int rk_pipeline_order(const struct rk_strv *paths, struct rk_strv *ret,
		      struct rk_error *err)
{
	cleanup(release_items) struct items all = {
		.items = calloc(paths->n_items + 1, sizeof(*all.items))};
	struct item *next;

	if (!all.items)
		return rk_error_nomem(err);
	for (; all.n < paths->n_items; all.n++)
		if (read_item(paths->items[all.n], &all.items[all.n], err) < 0) {
			all.n++;
			return -(int)err->code;
		}
	while ((next = choose(&all))) {
		next->placed = true;
		rk_strv_add(ret, next->path);
	}
	return rk_strv_check(ret, err);
}
