/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/file.h"
#include "lib/metadata/needs.h"

enum {
	MAKEFILE_LIMIT = 4 << 20,
};

void rk_needs_release(struct rk_needs *needs)
{
	rk_strv_release(&needs->crates);
	free(needs->target);
	needs->target = NULL;
}

void rk_needs_add_externs(const char *makefile, struct rk_strv *crates)
{
	static const char option[] = "--extern ";
	static const char force[] = "force:";

	while ((makefile = strstr(makefile, option))) {
		cleanup_free char *name = NULL;
		size_t len;

		makefile += sizeof(option) - 1;
		makefile += strspn(makefile, " ");
		if (strncmp(makefile, force, sizeof(force) - 1) == 0)
			makefile += sizeof(force) - 1;
		len = strspn(makefile, "abcdefghijklmnopqrstuvwxyz0123456789_");
		name = strndup(makefile, len);
		if (!name)
			crates->failed = true;
		else if (len && !rk_strv_contains(crates, name))
			rk_strv_add(crates, name);
		makefile += len;
	}
}

/* The end of a line that may go on behind backslashes. */
static const char *logical_end(const char *line)
{
	const char *end = strchr(line, '\n');

	while (end && end > line && end[-1] == '\\')
		end = strchr(end + 1, '\n');
	return end ? end : line + strlen(line);
}

int rk_needs_add_kernel_externs(const char *makefile, struct rk_strv *crates,
				struct rk_error *err)
{
	static const char rule[] = "$(obj)/kernel.o: private rustc_target_flags";
	const char *line = makefile;
	cleanup_free char *flags = NULL;

	if (strncmp(line, rule, sizeof(rule) - 1) != 0) {
		line = strstr(makefile, "\n$(obj)/kernel.o: private rustc_target_flags");
		if (!line)
			return 0;
		line++;
	}
	flags = strndup(line, (size_t)(logical_end(line) - line));
	if (!flags)
		return rk_error_nomem(err);
	rk_needs_add_externs(flags, crates);
	return 0;
}

static bool ends_token(const char *text)
{
	return !*text || strchr(" \t\n\\", *text);
}

/* "--target=$(objtree)/scripts/target.json"; other mentions clean the file or make it. */
const char *rk_needs_find_target(const char *makefile)
{
	static const char *const paths[] = {"scripts/target.json", "rust/target.json"};
	static const char option[] = "--target=$(objtree)/";

	while ((makefile = strstr(makefile, option))) {
		makefile += sizeof(option) - 1;
		for (size_t i = 0; i < RK_ARRAY_LEN(paths); i++)
			if (strncmp(makefile, paths[i], strlen(paths[i])) == 0 &&
			    ends_token(makefile + strlen(paths[i])))
				return paths[i];
	}
	return NULL;
}

/* A makefile of KDIR or its common part, added to @buf; nothing if there is none. */
static int add_makefile(const struct rk_kernel *kernel, const char *name,
			struct rk_buf *buf, struct rk_error *err)
{
	cleanup_free char *path = NULL;

	if (rk_path_join(kernel->srctree, name, &path, err) < 0)
		return -(int)err->code;
	if (rk_root_read(kernel->root, path, MAKEFILE_LIMIT, buf, err) < 0 &&
	    err->code != RK_ENOTFOUND)
		return -(int)err->code;
	return 0;
}

/* In the top one until 6.8, since then in those of the architectures that have one. */
static int read_target(const struct rk_kernel *kernel, struct rk_needs *needs,
		       struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *name = NULL;
	const char *target;

	if (rk_format(&name, err, "arch/%s/Makefile", kernel->srcarch) < 0 ||
	    add_makefile(kernel, "Makefile", &text, err) < 0 ||
	    add_makefile(kernel, name, &text, err) < 0)
		return -(int)err->code;
	/* What arch/um includes. */
	if (strcmp(kernel->srcarch, "um") == 0 &&
	    add_makefile(kernel, "arch/x86/Makefile.um", &text, err) < 0)
		return -(int)err->code;
	target = rk_needs_find_target(rk_buf_str(&text));
	return target ? rk_strdup(target, &needs->target, err) : 0;
}

static int read_crates(const struct rk_kernel *kernel, struct rk_needs *needs,
		       struct rk_error *err)
{
	cleanup_buf struct rk_buf build = RK_BUF_INIT;
	cleanup_buf struct rk_buf rust = RK_BUF_INIT;

	if (add_makefile(kernel, "scripts/Makefile.build", &build, err) < 0 ||
	    add_makefile(kernel, "rust/Makefile", &rust, err) < 0)
		return -(int)err->code;
	/* Not named on a module's command line, but in every version and always read. */
	rk_strv_add_all(&needs->crates, "core", "compiler_builtins", "macros", "bindings",
			"kernel", NULL);
	rk_needs_add_externs(rk_buf_str(&build), &needs->crates);
	needs->helpers =
		rk_kconfig_is_yes(kernel->config, "CONFIG_RUST_INLINE_HELPERS") &&
		strstr(rk_buf_str(&build), "rust/helpers/helpers");
	if (rk_needs_add_kernel_externs(rk_buf_str(&rust), &needs->crates, err) < 0)
		return -(int)err->code;
	return rk_strv_check(&needs->crates, err);
}

int rk_needs_read(const struct rk_kernel *kernel, struct rk_needs *needs,
		  struct rk_error *err)
{
	if (read_crates(kernel, needs, err) == 0 && read_target(kernel, needs, err) == 0)
		return 0;
	rk_needs_release(needs);
	return -(int)err->code;
}

static int missing_crate(const char *crate, bool (*has)(void *data, const char *path),
			 void *data, char **ret, struct rk_error *err)
{
	cleanup_free char *rmeta = NULL;
	cleanup_free char *so = NULL;

	if (rk_format(&rmeta, err, "rust/lib%s.rmeta", crate) < 0 ||
	    rk_format(&so, err, "rust/lib%s.so", crate) < 0)
		return -(int)err->code;
	if (!has(data, rmeta) && !has(data, so))
		*ret = RK_STEAL(rmeta);
	return 0;
}

int rk_needs_missing(const struct rk_needs *needs,
		     bool (*has)(void *data, const char *path), void *data, char **ret,
		     struct rk_error *err)
{
	static const char helpers[] = "rust/helpers/helpers_module.bc";

	*ret = NULL;
	if (needs->target && !has(data, needs->target))
		return rk_strdup(needs->target, ret, err);
	if (needs->helpers && !has(data, helpers))
		return rk_strdup(helpers, ret, err);
	for (size_t i = 0; i < needs->crates.n_items && !*ret; i++)
		if (missing_crate(needs->crates.items[i], has, data, ret, err) < 0)
			return -(int)err->code;
	return 0;
}
