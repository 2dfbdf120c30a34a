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
	X(kmod_module_get_dependencies)                                                  \
	X(kmod_module_get_module)                                                        \
	X(kmod_module_get_path)                                                          \
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

/* No modprobe.d: options and aliases of this machine are not the target's. */
static int open_modules(const struct rk_kernel *kernel, struct kmod_ctx **ret,
			struct rk_error *err)
{
	static const char *const no_config[] = {NULL};
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
	*ret = lib.kmod_new(dir, no_config);
	if (!*ret)
		return rk_error_nomem(err);
	lib.kmod_set_log_fn(*ret, stay_silent, NULL);
	return 0;
}

int rk_depend_resolve(const struct rk_kernel *kernel, const struct rk_strv *names,
		      struct rk_strv *ret, struct rk_error *err)
{
	struct lookup lookup = {.kernel = kernel, .ret = ret, .err = err};
	int r = 0;

	if (names->n_items == 0)
		return 0;
	if (rk_library_open(&library, err) < 0 ||
	    open_modules(kernel, &lookup.ctx, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < names->n_items && r == 0; i++)
		r = look_up(&lookup, names->items[i]);
	lib.kmod_unref(lookup.ctx);
	return r;
}
