/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/file.h"
#include "lib/kernel/macro.h"
#include "lib/kernel/rustapi.h"

enum {
	SOURCE_LIMIT = 1 << 20,
};

void rk_rust_api_newest(struct rk_rust_api *ret)
{
	*ret = (struct rk_rust_api){
		.authors = true,
		.params = true,
		.miscdevice = true,
		.from = "the newest form",
	};
}

/* ---- the sources are here ---- */

static bool read_file(const struct rk_kernel *kernel, const char *dir, const char *name,
		      struct rk_buf *ret)
{
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;

	return rk_path_join(dir, name, &path, &err) == 0 &&
	       rk_root_read(kernel->root, path, SOURCE_LIMIT, ret, &err) == 0;
}

/* A file of the sources, wherever they are. */
static bool read_source(const struct rk_kernel *kernel, const char *sources,
			const char *name, struct rk_buf *ret)
{
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;

	if (sources)
		return rk_path_join(sources, name, &path, &err) == 0 &&
		       rk_file_read(path, SOURCE_LIMIT, ret, &err) == 0;
	return read_file(kernel, kernel->srctree, name, ret) ||
	       read_file(kernel, kernel->kdir_real, name, ret);
}

static bool source_has(const struct rk_kernel *kernel, const char *sources,
		       const char *name, const char *text)
{
	cleanup_buf struct rk_buf source = RK_BUF_INIT;

	return read_source(kernel, sources, name, &source) &&
	       strstr(rk_buf_str(&source), text);
}

static bool read_sources(const struct rk_kernel *kernel, const char *sources,
			 struct rk_rust_api *ret)
{
	cleanup_buf struct rk_buf macro = RK_BUF_INIT;
	const struct rk_macro_rule *license;
	struct rk_macro_rules rules;

	if (!read_source(kernel, sources, "rust/macros/module.rs", &macro) ||
	    !rk_macro_rules_parse(rk_buf_str(&macro), &rules))
		return false;
	license = rk_macro_rules_find(&rules, "license");
	*ret = (struct rk_rust_api){
		.byte_strings = license && license->form == RK_VALUE_BYTES,
		.authors = rk_macro_rules_find(&rules, "authors"),
		.params = rk_macro_rules_find(&rules, "params"),
		/* CStr: a device's name is one, and c"x" is core's. */
		.miscdevice = source_has(kernel, sources, "rust/kernel/miscdevice.rs",
					 "fn read_iter") &&
			      source_has(kernel, sources, "rust/kernel/iov.rs",
					 "IovIterDest") &&
			      source_has(kernel, sources, "rust/ffi.rs", "CStr"),
		.from = "the kernel's Rust sources",
	};
	return true;
}

/* ---- they are not ---- */

/* A symbol with both in its name. */
static bool exports(const struct rk_symvers *symvers, const char *one, const char *two)
{
	for (size_t i = 0; symvers && i < rk_symvers_count(symvers); i++) {
		const char *name = rk_symvers_at(symvers, i)->name;

		if (strstr(name, one) && strstr(name, two))
			return true;
	}
	return false;
}

/*
 * The crate pin_init came with the list of authors, the kernel's own CStr with strings
 * that are no byte strings, and module parameters after the rest of what is asked for.
 */
void rk_rust_api_guess(const char *makefile, const struct rk_symvers *symvers,
		       struct rk_rust_api *ret)
{
	bool pin_init = makefile && strstr(makefile, "--extern pin_init");
	bool params = exports(symvers, "6kernel12module_param", "");

	*ret = (struct rk_rust_api){
		.byte_strings = !pin_init && !exports(symvers, "6kernel3str", "4CStr"),
		.authors = pin_init,
		.params = params,
		.miscdevice = params,
		.from = "KDIR's Makefile.build and Module.symvers",
	};
}

void rk_rust_api_read(const struct rk_kernel *kernel, const char *sources,
		      struct rk_rust_api *ret)
{
	cleanup_buf struct rk_buf makefile = RK_BUF_INIT;
	static const char name[] = "scripts/Makefile.build";

	if ((sources && read_sources(kernel, sources, ret)) ||
	    read_sources(kernel, NULL, ret))
		return;
	if (!read_file(kernel, kernel->kdir_real, name, &makefile))
		(void)!read_file(kernel, kernel->srctree, name, &makefile);
	rk_rust_api_guess(rk_buf_str(&makefile), kernel->symvers, ret);
}
