/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The package that KDIR is from. */
#include <string.h>

#include "lib/base/fact.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/kernel/internal.h"

enum {
	MAKEFILE_LIMIT = 4 << 20,
};

static const char fact_kind[] = "owner";

/*
 * The database is asked by name where the folder has it, as Debian's: looking for the
 * owner of a path means reading the file lists of all packages.
 */
static int find_owner(const struct rk_kernel *kernel, struct rk_package *ret,
		      struct rk_error *err)
{
	const char *base = rk_path_base(kernel->kdir_real);

	if (strncmp(kernel->kdir_real, "/usr/src/", strlen("/usr/src/")) == 0 &&
	    base == kernel->kdir_real + strlen("/usr/src/") &&
	    rk_package_find(kernel->root, base, ret, err) == 0)
		return 0;
	if (!rk_path_is_below(kernel->kdir_real, "/usr") &&
	    !rk_path_is_below(kernel->kdir_real, "/lib"))
		return rk_error_set(err, RK_ENOTFOUND, "no package owns '%s'",
				    kernel->kdir_real);
	return rk_package_owner(kernel->root, kernel->kdir_real, ret, err);
}

/* "VERSION = 7" of the kernel's Makefile; -1: no such line. */
static long makefile_number(const char *text, const char *name)
{
	size_t len = strlen(name);
	const char *line;

	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, len) == 0 &&
		    strncmp(line + len, " = ", strlen(" = ")) == 0)
			return strtol(line + len + strlen(" = "), NULL, 10);
	}
	return -1;
}

static int set_makefile_version(struct rk_kernel *kernel, struct rk_error *err)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	long version;
	long patchlevel;
	long sublevel;

	if (rk_path_join(kernel->srctree, "Makefile", &path, err) < 0 ||
	    rk_root_read(kernel->root, path, MAKEFILE_LIMIT, &buf, err) < 0)
		return -(int)err->code;
	version = makefile_number(rk_buf_str(&buf), "VERSION");
	patchlevel = makefile_number(rk_buf_str(&buf), "PATCHLEVEL");
	sublevel = makefile_number(rk_buf_str(&buf), "SUBLEVEL");
	if (version < 0 || patchlevel < 0 || sublevel < 0)
		return rk_strdup("", &kernel->source_version, err);
	return rk_format(&kernel->source_version, err, "%ld.%ld.%ld", version, patchlevel,
			 sublevel);
}

static int set_owner(struct rk_kernel *kernel, const char *name, const char *version,
		     const char *source_version, struct rk_error *err)
{
	if (rk_strdup(name, &kernel->package, err) < 0 ||
	    rk_strdup(version, &kernel->package_version, err) < 0)
		return -(int)err->code;
	if (!name[0])
		return set_makefile_version(kernel, err);
	return rk_strdup(source_version, &kernel->source_version, err);
}

/* "NAME VERSION SOURCE-VERSION", or "-" if no package owns it. */
static int take_kept(struct rk_kernel *kernel, char *text, struct rk_error *err)
{
	char *save = NULL;
	const char *name = strtok_r(text, " ", &save);
	const char *version = strtok_r(NULL, " ", &save);
	const char *source_version = strtok_r(NULL, " ", &save);

	if (!name || !version || !source_version)
		return set_owner(kernel, "", "", "", err);
	return set_owner(kernel, name, version, source_version, err);
}

static void keep(const struct rk_machine *machine, const struct rk_kernel *kernel,
		 const char *path, const struct stat *st)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;

	if (kernel->package[0])
		rk_buf_addf(&text, "%s %s %s", kernel->package, kernel->package_version,
			    kernel->source_version);
	else
		rk_buf_adds(&text, "-");
	if (!text.failed)
		rk_fact_put(machine, fact_kind, path, st, text.data);
}

static int look_up(struct rk_kernel *kernel, struct rk_error *err)
{
	cleanup(rk_package_release) struct rk_package package = {0};
	struct rk_error missing = RK_ERROR_INIT;

	if (find_owner(kernel, &package, &missing) == 0)
		return set_owner(kernel, package.name, package.version,
				 package.source_version, err);
	rk_log(RK_LOG_DEBUG, "no package: %s", missing.msg);
	return set_owner(kernel, "", "", "", err);
}

int rk_kernel_read_owner(const struct rk_machine *machine, struct rk_kernel *kernel,
			 struct rk_error *err)
{
	cleanup_free char *path = NULL;
	cleanup_free char *kept = NULL;
	struct rk_error ignored = RK_ERROR_INIT;
	struct stat st;

	/* Reading the database of all packages takes longer than the rest. */
	if (!rk_package_state(kernel->root, &st) ||
	    rk_root_host_path(kernel->root, kernel->kdir_real, &path, &ignored) < 0)
		return look_up(kernel, err);
	if (rk_fact_get(machine, fact_kind, path, &st, &kept))
		return take_kept(kernel, kept, err);
	if (look_up(kernel, err) < 0)
		return -(int)err->code;
	keep(machine, kernel, path, &st);
	return 0;
}
