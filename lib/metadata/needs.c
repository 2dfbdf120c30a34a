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

/* A makefile of KDIR or its common part; "" if there is none. */
static int read_makefile(const struct rk_kernel *kernel, const char *name,
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

/* Where the makefiles expect it: rust/ in 6.1 and 6.2, scripts/ since. */
static int find_target(const struct rk_kernel *kernel, struct rk_needs *needs,
		       struct rk_error *err)
{
	static const char *const paths[] = {"scripts/target.json", "rust/target.json"};
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *name = NULL;

	if (rk_format(&name, err, "arch/%s/Makefile", kernel->srcarch) < 0 ||
	    read_makefile(kernel, "Makefile", &text, err) < 0 ||
	    read_makefile(kernel, name, &text, err) < 0 ||
	    read_makefile(kernel, "scripts/Makefile.build", &text, err) < 0)
		return -(int)err->code;
	rk_needs_add_externs(rk_buf_str(&text), &needs->crates);
	for (size_t i = 0; i < RK_ARRAY_LEN(paths); i++)
		if (strstr(rk_buf_str(&text), paths[i]))
			return rk_strdup(paths[i], &needs->target, err);
	return 0;
}

int rk_needs_read(const struct rk_kernel *kernel, struct rk_needs *needs,
		  struct rk_error *err)
{
	int r;

	/* Not named on a module's command line, but in every version and always read. */
	rk_strv_add_all(&needs->crates, "core", "compiler_builtins", "bindings", "kernel",
			NULL);
	r = find_target(kernel, needs, err);
	if (r == 0)
		r = rk_strv_check(&needs->crates, err);
	if (r < 0)
		rk_needs_release(needs);
	return r;
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
	*ret = NULL;
	if (needs->target && !has(data, needs->target))
		return rk_strdup(needs->target, ret, err);
	for (size_t i = 0; i < needs->crates.n_items && !*ret; i++)
		if (missing_crate(needs->crates.items[i], has, data, ret, err) < 0)
			return -(int)err->code;
	return 0;
}
