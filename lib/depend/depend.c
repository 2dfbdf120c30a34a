/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <libkmod.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/library.h"
#include "lib/depend/depend.h"

#define FUNCTIONS(X)                                                                     \
	X(kmod_list_next)                                                                \
	X(kmod_module_apply_filter)                                                      \
	X(kmod_module_get_dependencies)                                                  \
	X(kmod_module_get_install_commands)                                              \
	X(kmod_module_get_module)                                                        \
	X(kmod_module_get_name)                                                          \
	X(kmod_module_get_options)                                                       \
	X(kmod_module_get_path)                                                          \
	X(kmod_module_get_softdeps)                                                      \
	X(kmod_module_new_from_lookup)                                                   \
	X(kmod_module_unref)                                                             \
	X(kmod_module_unref_list)                                                        \
	X(kmod_new)                                                                      \
	X(kmod_set_log_fn)                                                               \
	X(kmod_unref)

static struct {
	FUNCTIONS(RK_LIBRARY_POINTER)
} lib;

#define SYMBOL(fn) RK_LIBRARY_SYMBOL(lib, fn),
static const struct rk_library_symbol symbols[] = {FUNCTIONS(SYMBOL)};

static const struct rk_library library = {
	.soname = "libkmod.so.2",
	.package = "libkmod2",
	.symbols = symbols,
	.n_symbols = RK_ARRAY_LEN(symbols),
};

struct lookup {
	struct kmod_ctx *ctx;
	const struct rk_kernel *kernel;
	struct rk_strv *ret;
	struct rk_error *err;
};

/* Each module once; built-in ones have no path. */
static void add_module(struct lookup *lookup, struct kmod_module *module)
{
	const char *path = lib.kmod_module_get_path(module);

	if (path && !rk_strv_contains(lookup->ret, path))
		rk_strv_add(lookup->ret, path);
}

/* libkmod has the list in the order of insertion. */
static void add_with_dependencies(struct lookup *lookup, struct kmod_module *module)
{
	struct kmod_list *list = lib.kmod_module_get_dependencies(module);

	for (struct kmod_list *item = list; item; item = lib.kmod_list_next(list, item)) {
		struct kmod_module *needed = lib.kmod_module_get_module(item);

		add_module(lookup, needed);
		lib.kmod_module_unref(needed);
	}
	lib.kmod_module_unref_list(list);
	add_module(lookup, module);
}

static int report_missing(const struct lookup *lookup, const char *name, int code)
{
	rk_error_set(lookup->err, RK_ENOTFOUND,
		     "no module '%s' for kernel %s (looked in '%s')%s%s", name,
		     lookup->kernel->release, lookup->kernel->modules_dir,
		     code < 0 && code != -ENOENT ? ": " : "",
		     code < 0 && code != -ENOENT ? strerror(-code) : "");
	return rk_error_cure(
		lookup->err, "dependency-missing",
		"name its file before the module that needs it, or install the package with this kernel's modules");
}

static int look_up(struct lookup *lookup, const char *name)
{
	struct kmod_list *list = NULL;
	struct kmod_module *module;
	int code = lib.kmod_module_new_from_lookup(lookup->ctx, name, &list);

	if (code < 0 || !list)
		return report_missing(lookup, name, code);
	module = lib.kmod_module_get_module(list);
	add_with_dependencies(lookup, module);
	lib.kmod_module_unref(module);
	lib.kmod_module_unref_list(list);
	return rk_strv_check(lookup->ret, lookup->err);
}

/* What libkmod cannot read shows as a module that is not there. */
static void stay_silent(void *data, int priority, const char *file, int line,
			const char *fn, const char *format, va_list args)
{
}

/*
 * libkmod crashes on an index that is shorter than its header. The rest of it is taken on
 * trust: it comes from the same package as the modules that will run.
 */
static int check_index(const struct rk_kernel *kernel, const char *dir,
		       struct rk_error *err)
{
	static const unsigned char magic[] = {0xb0, 0x07, 0xf4, 0x57};
	cleanup_free char *path = NULL;
	cleanup_close int fd = -1;
	unsigned char header[12];

	if (rk_path_join(dir, "modules.dep.bin", &path, err) < 0)
		return -(int)err->code;
	if (rk_root_open_file(kernel->root, path, O_RDONLY, &fd, err) == 0) {
		if (read(fd, header, sizeof(header)) == (ssize_t)sizeof(header) &&
		    memcmp(header, magic, sizeof(magic)) == 0)
			return 0;
		rk_error_set(err, RK_ENOTFOUND, "'%s' is damaged", path);
	}
	return rk_error_cure(err, "dependency-missing", "make it: depmod%s%s %s",
			     kernel->root->is_host ? "" : " -b ",
			     kernel->root->is_host ? "" : kernel->root->path,
			     kernel->release);
}

static int open_modules(const struct rk_kernel *kernel, const char *const *config,
			struct kmod_ctx **ret, struct rk_error *err)
{
	cleanup_free char *real = NULL;
	cleanup_free char *dir = NULL;

	if (!kernel->modules_dir[0]) {
		rk_error_set(err, RK_ENOTFOUND, "kernel %s has no folder of modules",
			     kernel->release);
		return rk_error_cure(err, "dependency-missing",
				     "install the package with this kernel's modules");
	}
	if (rk_root_real(kernel->root, kernel->modules_dir, &real, err) < 0 ||
	    check_index(kernel, real, err) < 0 ||
	    rk_root_host_path(kernel->root, real, &dir, err) < 0)
		return -(int)err->code;
	*ret = lib.kmod_new(dir, config);
	if (!*ret)
		return rk_error_nomem(err);
	lib.kmod_set_log_fn(*ret, stay_silent, NULL);
	return 0;
}

int rk_depend_resolve(const struct rk_kernel *kernel, const struct rk_strv *names,
		      struct rk_strv *ret, struct rk_error *err)
{
	/* No modprobe.d: options and aliases of this machine are not the target's. */
	static const char *const no_config[] = {NULL};
	struct lookup lookup = {.kernel = kernel, .ret = ret, .err = err};
	int r = 0;

	if (names->n_items == 0)
		return 0;
	if (rk_library_open(&library, err) < 0 ||
	    open_modules(kernel, no_config, &lookup.ctx, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < names->n_items && r == 0; i++)
		r = look_up(&lookup, names->items[i]);
	lib.kmod_unref(lookup.ctx);
	return r;
}

/* ---- as modprobe would ---- */

enum {
	MAX_DEPTH = 16, /* of soft dependencies of soft dependencies */
	MAX_MODULES = 200,
};

struct probe {
	struct kmod_ctx *ctx;
	struct rk_depend_list *ret;
	struct rk_error *err;
	bool is_optional; /* what is added now */
};

static struct rk_depend_module *find_path(const struct rk_depend_list *list,
					  const char *path)
{
	for (size_t i = 0; i < list->n_items; i++)
		if (strcmp(list->items[i].path, path) == 0)
			return &list->items[i];
	return NULL;
}

static bool is_blacklisted(struct kmod_ctx *ctx, struct kmod_list *list)
{
	struct kmod_list *left = NULL;
	bool blacklisted;

	if (lib.kmod_module_apply_filter(ctx, KMOD_FILTER_BLACKLIST, list, &left) < 0)
		return false;
	blacklisted = left == NULL;
	lib.kmod_module_unref_list(left);
	return blacklisted;
}

static int add_probed(const struct probe *probe, struct kmod_module *module)
{
	const char *path = lib.kmod_module_get_path(module);
	const char *options = lib.kmod_module_get_options(module);
	const char *install = lib.kmod_module_get_install_commands(module);
	struct rk_depend_list *list = probe->ret;
	struct rk_depend_module *items;
	struct rk_depend_module *added;

	/* Built-in ones have no path. */
	if (!path)
		return 0;
	added = find_path(list, path);
	if (added) {
		added->is_optional &= probe->is_optional;
		return 0;
	}
	if (list->n_items == MAX_MODULES)
		return rk_error_set(probe->err, RK_EREFUSED,
				    "more than %d modules are needed", MAX_MODULES);
	items = reallocarray(list->items, list->n_items + 1, sizeof(*items));
	if (!items)
		return rk_error_nomem(probe->err);
	list->items = items;
	added = &items[list->n_items++];
	*added = (struct rk_depend_module){.is_optional = probe->is_optional};
	if (rk_strdup(path, &added->path, probe->err) < 0 ||
	    rk_strdup(lib.kmod_module_get_name(module), &added->name, probe->err) < 0 ||
	    rk_strdup(options ? options : "", &added->options, probe->err) < 0 ||
	    rk_strdup(install ? install : "", &added->install, probe->err) < 0)
		return -(int)probe->err->code;
	return 0;
}

static int probe_module(struct probe *probe, struct kmod_module *module, int depth);

/* Each of a list, and what it needs. Owns the list. NOLINTNEXTLINE(misc-no-recursion) */
static int probe_list(struct probe *probe, struct kmod_list *list, int depth)
{
	int r = 0;

	for (struct kmod_list *item = list; item && r == 0;
	     item = lib.kmod_list_next(list, item)) {
		struct kmod_module *module = lib.kmod_module_get_module(item);

		r = probe_module(probe, module, depth);
		lib.kmod_module_unref(module);
	}
	lib.kmod_module_unref_list(list);
	return r;
}

/* NOLINTNEXTLINE(misc-no-recursion) */
static int probe_optional(struct probe *probe, struct kmod_list *list, int depth)
{
	bool before = probe->is_optional;
	int r;

	probe->is_optional = true;
	r = probe_list(probe, list, depth);
	probe->is_optional = before;
	return r;
}

/* libkmod has all that a module needs in one list. NOLINTNEXTLINE(misc-no-recursion) */
static int probe_module(struct probe *probe, struct kmod_module *module, int depth)
{
	struct kmod_list *pre = NULL;
	struct kmod_list *post = NULL;
	int r = 0;

	if (depth < MAX_DEPTH)
		lib.kmod_module_get_softdeps(module, &pre, &post);
	r = probe_optional(probe, pre, depth + 1);
	if (r == 0)
		r = probe_list(probe, lib.kmod_module_get_dependencies(module),
			       MAX_DEPTH);
	if (r == 0)
		r = add_probed(probe, module);
	if (r == 0)
		return probe_optional(probe, post, depth + 1);
	lib.kmod_module_unref_list(post);
	return r;
}

static bool is_named(const char *module, const char *name)
{
	for (; *module && *name; module++, name++)
		if ((*module == '-' ? '_' : *module) != (*name == '-' ? '_' : *name))
			return false;
	return *module == *name;
}

/* A name that is the module's own is meant, blacklisted or not; an alias is not. */
static int probe_blacklisted(struct probe *probe, struct kmod_list *found,
			     const char *name)
{
	struct kmod_module *module = lib.kmod_module_get_module(found);
	bool is_meant = is_named(lib.kmod_module_get_name(module), name);
	int r;

	if (is_meant)
		r = probe_list(probe, found, 0);
	else
		r = rk_error_set(probe->err, RK_EREFUSED,
				 "'%s' is an alias of '%s', which modprobe.d blacklists",
				 name, lib.kmod_module_get_name(module));
	if (!is_meant)
		lib.kmod_module_unref_list(found);
	lib.kmod_module_unref(module);
	for (size_t i = 0; r == 0 && i < probe->ret->n_items; i++)
		if (is_named(probe->ret->items[i].name, name))
			probe->ret->items[i].is_blacklisted = true;
	return r;
}

static int probe_name(struct probe *probe, const struct lookup *lookup, const char *name)
{
	struct kmod_list *found = NULL;
	struct kmod_list *allowed = NULL;
	int code = lib.kmod_module_new_from_lookup(probe->ctx, name, &found);

	if (code < 0 || !found)
		return report_missing(lookup, name, code);
	if (is_blacklisted(probe->ctx, found))
		return probe_blacklisted(probe, found, name);
	if (lib.kmod_module_apply_filter(probe->ctx, KMOD_FILTER_BLACKLIST, found,
					 &allowed) < 0)
		return probe_list(probe, found, 0);
	lib.kmod_module_unref_list(found);
	return probe_list(probe, allowed, 0);
}

int rk_depend_lookup(const struct rk_kernel *kernel, const char *const *config,
		     const char *name, struct rk_depend_list *ret, struct rk_error *err)
{
	struct lookup lookup = {.kernel = kernel, .err = err};
	struct probe probe = {.ret = ret, .err = err};
	int r;

	if (rk_library_open(&library, err) < 0 ||
	    open_modules(kernel, config, &probe.ctx, err) < 0)
		return -(int)err->code;
	r = probe_name(&probe, &lookup, name);
	lib.kmod_unref(probe.ctx);
	return r;
}

void rk_depend_list_release(struct rk_depend_list *list)
{
	for (size_t i = 0; i < list->n_items; i++) {
		free(list->items[i].name);
		free(list->items[i].path);
		free(list->items[i].options);
		free(list->items[i].install);
	}
	free(list->items);
	*list = (struct rk_depend_list){0};
}

int rk_libkmod_version(struct rk_buf *ret, struct rk_error *err)
{
	if (rk_library_open(&library, err) < 0)
		return -(int)err->code;
	return rk_library_file(*symbols[0].address, ret, err);
}
