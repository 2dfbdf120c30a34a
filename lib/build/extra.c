/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/build/internal.h"

/*
 * KBUILD_EXTRA_SYMBOLS names files with the exports of other modules. A makefile may set
 * it: what modpost was really given is in the command that Kbuild keeps,
 * ".Module.symvers.cmd":
 *	savedcmd_Module.symvers := KDIR/scripts/mod/modpost ... -i KDIR/Module.symvers -e
 *-i FILE Until 6.12 make works in KDIR: names are relative to it, and the variable's name
 *holds the module's folder.
 */

static const char kept_name[] = ".Module.symvers.cmd";
static const char variable[] = "KBUILD_EXTRA_SYMBOLS";

enum {
	COMMAND_LIMIT = 1 << 20,
};

void rk_build_parse_modpost(const char *text, struct rk_strv *ret, bool *ret_in_kdir)
{
	size_t name_len = strcspn(text, " \t\n:=");

	*ret_in_kdir = memchr(text, '/', name_len) != NULL;
	text += name_len;
	while (*(text += strspn(text, " \t"))) {
		size_t len = strcspn(text, " \t\n");
		cleanup_free char *file = NULL;

		if (len == 2 && strncmp(text, "-i", 2) == 0) {
			text += len + strspn(text + len, " \t");
			len = strcspn(text, " \t\n");
			file = strndup(text, len);
			if (!file)
				ret->failed = true;
			else if (len && !rk_strv_contains(ret, file))
				rk_strv_add(ret, file);
		}
		text += len;
		if (*text == '\n') /* one line is all of the command */
			return;
	}
}

/* The host's path of a name that modpost was given: the build's own folders are bound
 * at their own paths, all else is the tree's. */
static int host_path(const struct rk_kernel *kernel, const char *dir, bool in_kdir,
		     const char *name, char **ret, struct rk_error *err)
{
	cleanup_free char *inside = NULL;
	cleanup_free char *in_tree = NULL;

	if (name[0] != '/') {
		if (!in_kdir)
			return rk_path_join(dir, name, ret, err);
		if (rk_path_join(kernel->kdir_real, name, &inside, err) < 0)
			return -(int)err->code;
	} else if (rk_strdup(name, &inside, err) < 0) {
		return -(int)err->code;
	}
	if (rk_root_host_path(kernel->root, inside, &in_tree, err) < 0)
		return -(int)err->code;
	*ret = access(in_tree, F_OK) == 0 ? RK_STEAL(in_tree) : RK_STEAL(inside);
	return 0;
}

/* KDIR's own exports are in the list, too. */
static int add_file(const struct rk_kernel *kernel, const char *path, struct rk_strv *ret,
		    struct rk_error *err)
{
	cleanup_free char *kdir = NULL;
	cleanup_free char *own = NULL;

	assert(path);
	if (rk_root_host_path(kernel->root, kernel->kdir_real, &kdir, err) < 0 ||
	    rk_path_join(kdir, "Module.symvers", &own, err) < 0)
		return -(int)err->code;
	if (strcmp(path, own) != 0 && access(path, R_OK) == 0)
		rk_strv_add(ret, path);
	return rk_strv_check(ret, err);
}

int rk_build_list_extra(const struct rk_kernel *kernel, const char *dir,
			struct rk_strv *ret, struct rk_error *err)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *kept = NULL;
	bool in_kdir;

	if (rk_path_join(dir, kept_name, &kept, err) < 0)
		return -(int)err->code;
	if (rk_file_read(kept, COMMAND_LIMIT, &text, err) < 0)
		return err->code == RK_ENOTFOUND ? 0 : -(int)err->code;
	rk_build_parse_modpost(rk_buf_str(&text), &names, &in_kdir);
	if (rk_strv_check(&names, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < names.n_items; i++) {
		cleanup_free char *path = NULL;

		if (host_path(kernel, dir, in_kdir, names.items[i], &path, err) < 0 ||
		    add_file(kernel, path, ret, err) < 0)
			return -(int)err->code;
	}
	return 0;
}

/* ---- before the build ---- */

/* The files among @words that are here: make has to see them in a root tree. */
static int add_words(const char *words, struct rk_strv *ret, struct rk_error *err)
{
	while (*(words += strspn(words, " \t\n"))) {
		size_t len = strcspn(words, " \t\n");
		cleanup_free char *path = strndup(words, len);

		if (!path)
			return rk_error_nomem(err);
		if (path[0] == '/' && access(path, R_OK) == 0 &&
		    !rk_strv_contains(ret, path))
			rk_strv_add(ret, path);
		words += len;
	}
	return rk_strv_check(ret, err);
}

int rk_build_wanted_extra(const struct rk_strv *make_args, struct rk_strv *ret,
			  struct rk_error *err)
{
	const char *value = getenv(variable);

	for (size_t i = 0; make_args && i < make_args->n_items; i++)
		if (rk_makeline_assigns(make_args->items[i], variable))
			value = strchr(make_args->items[i], '=') + 1;
	return value ? add_words(value, ret, err) : 0;
}
