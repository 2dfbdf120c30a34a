/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * modpost names what a module needs in depends=, unless it did not see it: modules that
 * were built apart, or with KBUILD_MODPOST_WARN. Then their exports tell.
 */
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/load/internal.h"
#include "lib/module/exports.h"
#include "lib/module/find.h"
#include "lib/module/modinfo.h"

enum {
	MAX_CANDIDATES = 64, /* modules in the folder that are looked into */
};

/* NULL: outside, or without end. */
static const char *name_of(struct rk_bytes strings, const Elf64_Sym *symbol)
{
	const char *text = (const char *)strings.data;

	if (symbol->st_name >= strings.size ||
	    !memchr(text + symbol->st_name, '\0', strings.size - symbol->st_name))
		return NULL;
	return text + symbol->st_name;
}

static bool is_known(const struct rk_loading *loading, const char *name)
{
	const struct rk_load *load = loading->load;

	return strcmp(name, "_GLOBAL_OFFSET_TABLE_") == 0 ||
	       rk_symvers_find(load->kernel->symvers, name) ||
	       rk_state_find_export(&load->state, name);
}

static void add_unknown(const struct rk_loading *loading, struct rk_bytes symbols,
			struct rk_bytes strings, struct rk_strv *ret)
{
	Elf64_Sym symbol;

	for (size_t i = 1; rk_bytes_symbol(symbols, i, &symbol); i++) {
		const char *name =
			symbol.st_shndx == SHN_UNDEF ? name_of(strings, &symbol) : NULL;

		if (name && name[0] && ELF64_ST_BIND(symbol.st_info) != STB_WEAK &&
		    !is_known(loading, name))
			rk_strv_add(ret, name);
	}
}

/* What a module needs that neither the kernel nor a loaded module has. */
static int list_unknown(const struct rk_loading *loading, const struct rk_module *module,
			struct rk_strv *ret, struct rk_error *err)
{
	struct rk_modinfo info;
	struct rk_view view;

	if (!rk_modinfo_find(module->data, module->size, &view, &info))
		return 0;
	for (size_t i = 1; i < view.n_sections; i++) {
		Elf64_Shdr section = rk_view_section(&view, i);
		Elf64_Shdr strings = rk_view_section(&view, section.sh_link);

		if (section.sh_type == SHT_SYMTAB)
			add_unknown(loading, rk_view_contents(&view, &section),
				    rk_view_contents(&view, &strings), ret);
	}
	return rk_strv_check(ret, err);
}

/* @ret: whether it has one of @names. */
static int exports_any(const char *path, const struct rk_strv *names, bool *ret,
		       struct rk_error *err)
{
	cleanup(rk_module_free_p) struct rk_module *module = NULL;
	cleanup(rk_module_exports_release) struct rk_module_exports exports = {0};
	struct rk_error ignored = RK_ERROR_INIT;
	struct rk_modinfo info;
	struct rk_view view;

	*ret = false;
	if (rk_module_open(path, &module, &ignored) < 0 ||
	    !rk_modinfo_find(module->data, module->size, &view, &info))
		return 0;
	if (rk_module_exports_read(&view, &exports, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < names->n_items && !*ret; i++)
		*ret = rk_module_exports_find(&exports, names->items[i]) != NULL;
	return 0;
}

int rk_load_find_exporters(const struct rk_loading *loading,
			   const struct rk_module *module, struct rk_strv *ret,
			   struct rk_error *err)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;
	cleanup_strv struct rk_strv files = RK_STRV_INIT;
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_free char *dir = NULL;
	size_t dir_len = (size_t)(rk_path_base(module->path) - module->path);

	if (!loading->load->kernel || !loading->load->kernel->symvers)
		return 0;
	if (list_unknown(loading, module, &names, err) < 0)
		return -(int)err->code;
	if (names.n_items == 0)
		return 0;
	if (rk_format(&dir, err, "%.*s", (int)dir_len, module->path) < 0)
		return -(int)err->code;
	if (rk_module_find(dir[0] ? dir : ".", &files, &ignored) < 0)
		return ignored.code == RK_ENOMEM ? rk_error_nomem(err) : 0;
	for (size_t i = 0; i < files.n_items && i < MAX_CANDIDATES; i++) {
		bool fits = false;

		if (exports_any(files.items[i], &names, &fits, err) < 0)
			return -(int)err->code;
		if (fits)
			rk_strv_add(ret, files.items[i]);
	}
	return rk_strv_check(ret, err);
}
