/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/depend/depend.h"
#include "lib/load/build-id.h"
#include "lib/load/internal.h"
#include "lib/load/seal.h"
#include "lib/module/modinfo.h"
#include "lib/module/params.h"
#include "lib/request/request.h"

enum {
	MAX_DEPTH = 32,  /* of modules that need modules of the same folder */
	MAX_ITEMS = 200, /* the inserting process has room for a few more files */
};

static bool is_same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if ((*a == '-' ? '_' : *a) != (*b == '-' ? '_' : *b))
			return false;
	return *a == *b;
}

static bool is_planned(const struct rk_load *load, const char *name)
{
	for (size_t i = 0; i < load->n_items; i++)
		if (load->items[i].name && is_same_name(load->items[i].name, name))
			return true;
	return false;
}

/* What is loaded, or being loaded, need not be inserted. */
static bool is_there(const struct rk_load *load, const char *name)
{
	const struct rk_loaded *loaded = rk_state_find_module(&load->state, name);

	return is_planned(load, name) || (loaded && loaded->phase != RK_PHASE_UNLOADING);
}

/* ---- one module ---- */

static struct rk_load_item *add_item(struct rk_load *load, struct rk_error *err)
{
	struct rk_load_item *items;

	if (load->n_items == MAX_ITEMS) {
		rk_error_set(err, RK_EREFUSED, "more than %d modules are needed",
			     MAX_ITEMS);
		return NULL;
	}
	items = reallocarray(load->items, load->n_items + 1, sizeof(*items));
	if (!items) {
		rk_error_nomem(err);
		return NULL;
	}
	load->items = items;
	items[load->n_items] = (struct rk_load_item){0};
	return &items[load->n_items++];
}

/* The kernel is given plain bytes; of what cannot be unpacked there are none. */
static int refuse_damaged(struct rk_module *module, struct rk_error *err)
{
	if (!module->is_cut) {
		module->compression = RK_COMPRESSION_NONE;
		module->packing = RK_PACKING_SOUND;
		return 0;
	}
	rk_error_set(err, RK_EFORMAT, "'%s' cannot be unpacked: its %s data is damaged",
		     module->path, rk_compression_name(module->compression));
	return rk_error_cure(err, "file-compression", "compress or copy it again");
}

/* The kernel's name, or the file's for what will not become a module. */
static int read_name(const struct rk_module *module, const struct rk_modinfo *info,
		     char **ret, struct rk_error *err)
{
	const char *name = info ? rk_modinfo_get(info, "name") : NULL;
	const char *base = rk_path_base(module->path);

	int r = name ? rk_strdup(name, ret, err)
		     : rk_format(ret, err, "%.*s", (int)strcspn(base, "."), base);

	/* It is printed. No module with such a name gets as far as being removed again.
	 */
	for (char *c = *ret; r == 0 && *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return r;
}

/* Reads and seals. @ret_info: points into the sealed bytes; false: it has none. */
static int read_item(const struct rk_loading *loading, const char *path,
		     struct rk_load_item *item, struct rk_modinfo *ret_info,
		     bool *ret_has_info, struct rk_error *err)
{
	cleanup_close int fd = -1;
	struct rk_view view;

	if (rk_module_open(path, &item->module, err) < 0 ||
	    refuse_damaged(item->module, err) < 0 ||
	    rk_channel_new_file(loading->rights, &fd, &item->index, err) < 0 ||
	    rk_seal(item->module, fd, err) < 0)
		return -(int)err->code;
	*ret_has_info =
		rk_modinfo_find(item->module->data, item->module->size, &view, ret_info);
	if (rk_build_id_of_module(item->module, &item->build_id, err) < 0)
		return -(int)err->code;
	return read_name(item->module, *ret_has_info ? ret_info : NULL, &item->name, err);
}

/* ---- parameters ---- */

static int refuse_param(const struct rk_strv *names, const char *module, const char *word,
			struct rk_error *err)
{
	cleanup_free char *name = strndup(word, strcspn(word, "="));
	const char *nearest;

	if (!name)
		return rk_error_nomem(err);
	rk_error_set(err, RK_EFORMAT, "module '%s' has no parameter '%s'", module, name);
	if (names->n_items == 0)
		return rk_error_cure(err, "parameter-unknown", "it has none at all");
	nearest = rk_nearest(name, (const char *const *)names->items, names->n_items);
	return rk_error_cure(err, "parameter-unknown", "%s '%s'%s",
			     nearest ? "did you mean" : "it has, among others,",
			     nearest ? nearest : names->items[0], nearest ? "?" : "");
}

/* The user's, which must exist: the kernel would only warn. */
static int set_params(struct rk_load_item *item, const struct rk_modinfo *info,
		      const struct rk_strv *words, struct rk_error *err)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;
	cleanup_buf struct rk_buf params = RK_BUF_INIT;

	if (info && rk_param_names(info, &names, err) < 0)
		return -(int)err->code;
	if (item->params)
		rk_buf_adds(&params, item->params);
	for (size_t i = 0; i < words->n_items; i++) {
		if (!rk_param_is_known(&names, words->items[i]))
			return refuse_param(&names, item->name, words->items[i], err);
		if (rk_param_add(&params, words->items[i], err) < 0)
			return -(int)err->code;
	}
	rk_strv_add_strv(&item->words, words);
	free(RK_STEAL(item->params));
	if (rk_strv_check(&item->words, err) < 0)
		return -(int)err->code;
	return rk_buf_take(&params, &item->params, err);
}

/* modprobe.d's are taken as they are; for the verdict they are split at blanks. */
static int set_options(struct rk_load_item *item, const char *options,
		       struct rk_error *err)
{
	const char *next = options;

	while (*(next += strspn(next, " \t"))) {
		size_t len = 0;
		bool quoted = false;

		while (next[len] && (quoted || !strchr(" \t", next[len])))
			quoted ^= next[len++] == '"';
		rk_strv_addf(&item->words, "%.*s", (int)len, next);
		next += len;
	}
	if (rk_strv_check(&item->words, err) < 0)
		return -(int)err->code;
	return rk_strdup(options, &item->params, err);
}

/* ---- what a module needs ---- */

static int add_found(const struct rk_loading *loading,
		     const struct rk_depend_module *found, struct rk_error *err)
{
	struct rk_load_item *item = add_item(loading->load, err);
	struct rk_modinfo info;
	bool has_info = false;

	if (!item)
		return -(int)err->code;
	item->is_dependency = true;
	item->is_optional = found->is_optional;
	item->is_blacklisted = found->is_blacklisted;
	if (rk_strdup(found->install, &item->install, err) < 0 ||
	    set_options(item, found->options, err) < 0)
		return -(int)err->code;
	return read_item(loading, found->path, item, &info, &has_info, err);
}

/* By libkmod: with what it needs itself. */
static int add_installed(struct rk_loading *loading, const char *name, bool optional,
			 struct rk_error *err)
{
	struct rk_depend_list found = {0};
	int r = rk_depend_lookup(&loading->modules, NULL, name, &found, err);

	for (size_t i = 0; i < found.n_items && r == 0; i++) {
		found.items[i].is_optional |= optional;
		if (!is_there(loading->load, found.items[i].name))
			r = add_found(loading, &found.items[i], err);
	}
	rk_depend_list_release(&found);
	if (r < 0 && optional && err->code != RK_ENOMEM) {
		rk_log(RK_LOG_DEBUG, "soft dependency '%s': %s", name, err->msg);
		return 0;
	}
	return r;
}

/* "DIR/name.ko", with '-' for '_' in the name where that is how the file is called.
 * NULL: there is none. */
static char *find_beside(const char *path, const char *name)
{
	int dir_len = (int)(rk_path_base(path) - path);
	struct rk_error ignored = RK_ERROR_INIT;
	char *found = NULL;

	if (rk_format(&found, &ignored, "%.*s%s.ko", dir_len, path, name) < 0)
		return NULL;
	for (int tries = 0; tries < 2; tries++) {
		if (access(found, F_OK) == 0)
			return found;
		for (char *c = found + dir_len; *c; c++)
			if (*c == '_')
				*c = '-';
	}
	free(found);
	return NULL;
}

static int plan_file(struct rk_loading *loading, const char *path, int depth,
		     struct rk_error *err);

/* Modules of the same folder come first: they were built together.
 * NOLINTNEXTLINE(misc-no-recursion): bounded by MAX_DEPTH */
static int add_needed(struct rk_loading *loading, const char *path, const char *name,
		      int depth, struct rk_error *err)
{
	cleanup_free char *beside = NULL;

	if (is_there(loading->load, name))
		return 0;
	beside = find_beside(path, name);
	if (beside && depth < MAX_DEPTH)
		return plan_file(loading, beside, depth + 1, err);
	if (add_installed(loading, name, false, err) == 0)
		return 0;
	rk_error_prefix(err, "'%s' needs '%s'", path, name);
	if (err->code != RK_ENOTFOUND)
		return -(int)err->code;
	err->cure[0] = '\0'; /* check's, which takes several files */
	return rk_error_cure(
		err, "dependency-missing",
		"put '%s.ko' beside it, or load that first, or install the package with this kernel's modules",
		name);
}

/* NOLINTNEXTLINE(misc-no-recursion) */
static int add_depends(struct rk_loading *loading, const char *path, const char *depends,
		       int depth, struct rk_error *err)
{
	cleanup_free char *copy = NULL;
	char *save = NULL;

	if (rk_strdup(depends, &copy, err) < 0)
		return -(int)err->code;
	for (char *name = strtok_r(copy, ",", &save); name;
	     name = strtok_r(NULL, ",", &save))
		if (add_needed(loading, path, name, depth, err) < 0)
			return -(int)err->code;
	return 0;
}

/* "pre: a b post: c" */
static int add_soft(struct rk_loading *loading, const char *softdep, const char *when,
		    struct rk_error *err)
{
	cleanup_free char *copy = NULL;
	char *save = NULL;
	bool wanted = false;

	if (rk_strdup(softdep, &copy, err) < 0)
		return -(int)err->code;
	for (char *word = strtok_r(copy, " \t", &save); word;
	     word = strtok_r(NULL, " \t", &save)) {
		if (strcmp(word, "pre:") == 0 || strcmp(word, "post:") == 0)
			wanted = strcmp(word, when) == 0;
		else if (wanted && !is_there(loading->load, word) &&
			 add_installed(loading, word, true, err) < 0)
			return -(int)err->code;
	}
	return 0;
}

static int add_softs(struct rk_loading *loading, const struct rk_modinfo *info,
		     const char *when, struct rk_error *err)
{
	const char *entry = NULL;

	while ((entry = rk_modinfo_next(info, "softdep", entry)))
		if (add_soft(loading, entry, when, err) < 0)
			return -(int)err->code;
	return 0;
}

/* The kernel's name of a module that is not read yet. */
static int read_file_name(const char *path, char **ret, struct rk_error *err)
{
	cleanup(rk_module_free_p) struct rk_module *module = NULL;
	struct rk_modinfo info;
	struct rk_view view;

	if (rk_module_open(path, &module, err) < 0)
		return -(int)err->code;
	return read_name(module,
			 rk_modinfo_find(module->data, module->size, &view, &info) ? &info
										   : NULL,
			 ret, err);
}

/* ---- the whole ---- */

static int move_item(struct rk_loading *loading, struct rk_load_item *item,
		     struct rk_error *err)
{
	struct rk_load_item *place = add_item(loading->load, err);

	if (!place)
		return -(int)err->code;
	*place = *item;
	*item = (struct rk_load_item){0};
	return 0;
}

static void release_item(struct rk_load_item *item)
{
	rk_module_free(item->module);
	free(item->build_id);
	free(item->name);
	free(item->params);
	free(item->install);
	rk_strv_release(&item->words);
	if (item->has_verdict)
		rk_verdict_release(&item->verdict);
	rk_kernel_log_release(&item->log);
}

/* What depends= does not name. NOLINTNEXTLINE(misc-no-recursion) */
static int add_exporters(struct rk_loading *loading, const struct rk_load_item *item,
			 int depth, struct rk_error *err)
{
	cleanup_strv struct rk_strv paths = RK_STRV_INIT;

	if (rk_load_find_exporters(loading, item->module, &paths, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < paths.n_items && depth < MAX_DEPTH; i++) {
		cleanup_free char *name = NULL;

		if (read_file_name(paths.items[i], &name, err) < 0)
			return -(int)err->code;
		assert(name && item->name);
		if (strcmp(name, item->name) != 0 && !is_there(loading->load, name) &&
		    plan_file(loading, paths.items[i], depth + 1, err) < 0)
			return -(int)err->code;
	}
	return 0;
}

/* A file: what it needs, itself, what wants to come after it. Depth is bounded.
 * NOLINTNEXTLINE(misc-no-recursion) */
static int plan_file(struct rk_loading *loading, const char *path, int depth,
		     struct rk_error *err)
{
	cleanup(release_item) struct rk_load_item item = {.is_dependency = depth > 0,
							  .is_beside = depth > 0};
	struct rk_modinfo info;
	bool has_info = false;
	const char *depends;

	if (read_item(loading, path, &item, &info, &has_info, err) < 0 ||
	    rk_strdup("", &item.install, err) < 0 || rk_strdup("", &item.params, err) < 0)
		return -(int)err->code;
	if (depth == 0 &&
	    set_params(&item, has_info ? &info : NULL, loading->request->params, err) < 0)
		return -(int)err->code;
	depends = has_info ? rk_modinfo_get(&info, "depends") : NULL;
	if ((has_info && add_softs(loading, &info, "pre:", err) < 0) ||
	    (depends && add_depends(loading, path, depends, depth, err) < 0) ||
	    add_exporters(loading, &item, depth, err) < 0)
		return -(int)err->code;
	loading->load->target = loading->load->n_items;
	if (move_item(loading, &item, err) < 0)
		return -(int)err->code;
	return has_info ? add_softs(loading, &info, "post:", err) : 0;
}

static int report_loaded(const char *name, struct rk_error *err)
{
	rk_error_set(err, RK_EREFUSED, "'%s' is loaded, or is a part of the kernel",
		     name);
	return rk_error_cure(err, "module-loaded", "unload it first: rkmod unload %s",
			     name);
}

/* Of a name that is no module's there may be a file. */
static int report_missing(const char *name, struct rk_error *err)
{
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_free char *file = NULL;

	if (err->code != RK_ENOTFOUND || rk_format(&file, &ignored, "%s.ko", name) < 0)
		return -(int)err->code;
	err->cure[0] = '\0';
	if (access(file, F_OK) == 0)
		return rk_error_cure(err, "dependency-missing",
				     "for the file in this folder say '%s'", file);
	return rk_error_cure(
		err, "dependency-missing",
		"name a file, or install the package with this kernel's modules");
}

/* The module itself is what is no soft dependency and comes last. */
static int plan_name(struct rk_loading *loading, const char *name, struct rk_error *err)
{
	struct rk_load *load = loading->load;
	struct rk_modinfo info;
	struct rk_view view;
	struct rk_load_item *item;

	if (add_installed(loading, name, false, err) < 0)
		return report_missing(name, err);
	load->target = load->n_items;
	for (size_t i = 0; i < load->n_items; i++)
		if (!load->items[i].is_optional)
			load->target = i;
	if (load->target == load->n_items)
		return report_loaded(name, err);
	item = &load->items[load->target];
	item->is_dependency = false;
	return set_params(
		item,
		rk_modinfo_find(item->module->data, item->module->size, &view, &info)
			? &info
			: NULL,
		loading->request->params, err);
}

/* A name has no slash and no ".ko", unless there is such a file. */
static bool is_file(const char *what)
{
	return strchr(what, '/') || strstr(what, ".ko") || access(what, F_OK) == 0;
}

int rk_load_plan(struct rk_loading *loading, struct rk_error *err)
{
	const char *what = loading->request->what;

	return is_file(what) ? plan_file(loading, what, 0, err)
			     : plan_name(loading, what, err);
}

void rk_load_release(struct rk_load *load)
{
	for (size_t i = 0; i < load->n_items; i++)
		release_item(&load->items[i]);
	free(load->items);
	rk_kernel_log_release(&load->unload_log);
	rk_state_release(&load->state);
	rk_certs_release(&load->certs);
	rk_kernel_free(load->kernel);
	rk_root_free(load->root);
	free(load->report);
	*load = (struct rk_load){0};
}
