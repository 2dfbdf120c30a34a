/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/file.h"
#include "lib/kernel/internal.h"

/* ---- looking for KDIRs ---- */

struct scan {
	const struct rk_root *root;
	struct rk_strv *kdirs;
	struct rk_strv reals; /* of kdirs */
};

/* Names in a folder; one that does not exist has none. */
static int list_names(const struct rk_root *root, const char *dir, struct rk_strv *ret,
		      struct rk_error *err)
{
	struct rk_error missing = RK_ERROR_INIT;

	if (rk_root_list_dir(root, dir, ret, &missing) == 0 ||
	    missing.code == RK_ENOTFOUND)
		return 0;
	*err = missing;
	return -(int)err->code;
}

/* False: there is nothing, or it is no KDIR's link. */
static bool add_kdir(struct scan *scan, const char *kdir)
{
	cleanup_free char *real = NULL;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_root_real(scan->root, kdir, &real, &err) < 0)
		return false;
	if (rk_strv_contains(&scan->reals, real))
		return true;
	rk_strv_add(&scan->reals, real);
	rk_strv_add(scan->kdirs, kdir);
	return true;
}

static int scan_modules(struct scan *scan, struct rk_strv *missing, struct rk_error *err)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;

	if (list_names(scan->root, "/lib/modules", &names, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < names.n_items; i++) {
		cleanup_free char *kdir = NULL;

		if (rk_format(&kdir, err, "/lib/modules/%s/build", names.items[i]) < 0)
			return -(int)err->code;
		if (!add_kdir(scan, kdir) && missing)
			rk_strv_add(missing, names.items[i]);
	}
	return 0;
}

/* Folders of headers whose kernel is not installed; those common to several flavours
 * have no configuration. */
static int scan_sources(struct scan *scan, const char *dir, const char *prefix,
			struct rk_error *err)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;

	if (list_names(scan->root, dir, &names, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < names.n_items; i++) {
		cleanup_free char *kdir = NULL;
		cleanup_free char *config = NULL;

		if (strncmp(names.items[i], prefix, strlen(prefix)) != 0)
			continue;
		if (rk_path_join(dir, names.items[i], &kdir, err) < 0 ||
		    rk_path_join(kdir, "include/config", &config, err) < 0)
			return -(int)err->code;
		if (rk_root_exists(scan->root, config))
			add_kdir(scan, kdir);
	}
	return 0;
}

int rk_kdir_scan(const struct rk_root *root, struct rk_strv *ret_kdirs,
		 struct rk_strv *ret_missing, struct rk_error *err)
{
	struct scan scan = {.root = root, .kdirs = ret_kdirs};
	int r = 0;

	if (scan_modules(&scan, ret_missing, err) < 0 ||
	    scan_sources(&scan, "/usr/src", "linux-headers-", err) < 0 ||
	    scan_sources(&scan, "/usr/src/kernels", "", err) < 0 ||
	    rk_strv_check(&scan.reals, err) < 0 || rk_strv_check(ret_kdirs, err) < 0 ||
	    (ret_missing && rk_strv_check(ret_missing, err) < 0))
		r = -(int)err->code;
	rk_strv_release(&scan.reals);
	return r;
}

/* ---- the list ---- */

/* What to call a kernel that cannot be resolved: the folder of its KDIR or build link. */
static int name_of(const char *kdir, char **ret, struct rk_error *err)
{
	static const char modules[] = "/lib/modules/";

	if (strncmp(kdir, modules, strlen(modules)) != 0)
		return rk_strdup(rk_path_base(kdir), ret, err);
	if (rk_strdup(kdir + strlen(modules), ret, err) < 0)
		return -(int)err->code;
	(*ret)[strcspn(*ret, "/")] = '\0';
	return 0;
}

static int add_entry(const struct rk_machine *machine, const struct rk_root *root,
		     const struct rk_kernel_request *request, struct rk_kernel_list *list,
		     struct rk_error *err)
{
	struct rk_kernel_entry *items =
		reallocarray(list->items, list->n_items + 1, sizeof(*items));
	struct rk_kernel_entry *entry;
	int r;

	if (!items)
		return rk_error_nomem(err);
	list->items = items;
	entry = &items[list->n_items++];
	*entry = (struct rk_kernel_entry){0};
	if (rk_kernel_resolve(machine, root, request, &entry->kernel, &entry->error) == 0)
		r = rk_strdup(entry->kernel->release, &entry->release, err);
	else if (request->release)
		r = rk_strdup(request->release, &entry->release, err);
	else
		r = name_of(request->kdir, &entry->release, err);
	if (r < 0)
		return r;
	entry->running = root->is_host && strcmp(entry->release, machine->release) == 0;
	return 0;
}

static bool has_running(const struct rk_kernel_list *list)
{
	for (size_t i = 0; i < list->n_items; i++)
		if (list->items[i].running)
			return true;
	return false;
}

static int fill(const struct rk_machine *machine, const struct rk_root *root,
		struct rk_kernel_list *list, struct rk_error *err)
{
	cleanup_strv struct rk_strv kdirs = RK_STRV_INIT;
	cleanup_strv struct rk_strv missing = RK_STRV_INIT;

	if (rk_kdir_scan(root, &kdirs, &missing, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < kdirs.n_items; i++) {
		const struct rk_kernel_request request = {.kdir = kdirs.items[i]};

		if (add_entry(machine, root, &request, list, err) < 0)
			return -(int)err->code;
	}
	for (size_t i = 0; i < missing.n_items; i++) {
		const struct rk_kernel_request request = {.release = missing.items[i]};

		if (add_entry(machine, root, &request, list, err) < 0)
			return -(int)err->code;
	}
	/* A container's running kernel is often not in it at all. */
	if (root->is_host && machine->release[0] && !has_running(list)) {
		const struct rk_kernel_request request = {.release = machine->release};

		return add_entry(machine, root, &request, list, err);
	}
	return 0;
}

static int by_release(const void *a, const void *b)
{
	const struct rk_kernel_entry *left = a;
	const struct rk_kernel_entry *right = b;

	return strverscmp(left->release, right->release);
}

int rk_kernel_list(const struct rk_machine *machine, const struct rk_root *root,
		   struct rk_kernel_list *ret, struct rk_error *err)
{
	struct rk_kernel_list list = {0};

	if (fill(machine, root, &list, err) < 0) {
		rk_kernel_list_release(&list);
		return -(int)err->code;
	}
	if (list.n_items)
		qsort(list.items, list.n_items, sizeof(*list.items), by_release);
	*ret = list;
	return 0;
}

void rk_kernel_list_release(struct rk_kernel_list *list)
{
	for (size_t i = 0; i < list->n_items; i++) {
		free(list->items[i].release);
		rk_kernel_free(list->items[i].kernel);
	}
	free(list->items);
	*list = (struct rk_kernel_list){0};
}
