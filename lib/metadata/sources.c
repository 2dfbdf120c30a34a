/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/metadata/set.h"
#include "lib/metadata/sources.h"

enum {
	FILE_LIMIT = 64 << 20,
	MAX_FOLDERS = 1000,
};

static bool begins_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);

	return len >= strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

/* Those that only proc-macros are made from are large, and the macros are there. */
bool rk_sources_wants(const char *path)
{
	static const char *const left_out[] = {"proc-macro2/", "quote/", "syn/",
					       "zerocopy/benches/", "pin-init/examples/"};

	for (size_t i = 0; i < RK_ARRAY_LEN(left_out); i++)
		if (begins_with(path, left_out[i]))
			return false;
	return ends_with(path, ".rs") || strcmp(path, "Makefile") == 0;
}

/* ---- keeping ---- */

struct keeping {
	const char *from; /* .../rust */
	const char *to;
	struct rk_strv folders; /* below from, "" or "kernel/": still to be looked into */
};

static int copy_file(const struct keeping *keeping, const char *below,
		     struct rk_error *err)
{
	cleanup_buf struct rk_buf bytes = RK_BUF_INIT;
	cleanup_free char *from = NULL;
	cleanup_free char *to = NULL;
	char *slash;

	if (rk_path_join(keeping->from, below, &from, err) < 0 ||
	    rk_path_join(keeping->to, below, &to, err) < 0)
		return -(int)err->code;
	slash = strrchr(to, '/');
	*slash = '\0';
	if (rk_dir_make(to, 0700, err) < 0)
		return -(int)err->code;
	*slash = '/';
	if (rk_file_read(from, FILE_LIMIT, &bytes, err) < 0)
		return -(int)err->code;
	return rk_file_write(to, rk_buf_str(&bytes), bytes.len, 0600, err);
}

/* Links are none of them. */
static int keep_entry(struct keeping *keeping, const char *folder, const char *name,
		      struct rk_error *err)
{
	cleanup_free char *below = NULL;
	cleanup_free char *full = NULL;
	struct stat st;

	if (rk_format(&below, err, "%s%s", folder, name) < 0 ||
	    rk_path_join(keeping->from, below, &full, err) < 0)
		return -(int)err->code;
	if (name[0] == '.' || lstat(full, &st) < 0)
		return 0;
	if (S_ISDIR(st.st_mode) && keeping->folders.n_items < MAX_FOLDERS)
		rk_strv_addf(&keeping->folders, "%s/", below);
	if (!S_ISREG(st.st_mode) || !rk_sources_wants(below))
		return 0;
	return copy_file(keeping, below, err);
}

static int keep_folder(struct keeping *keeping, const char *below, struct rk_error *err)
{
	cleanup_free char *full = NULL;
	cleanup_closedir DIR *dir = NULL;
	const struct dirent *entry;

	if (rk_path_join(keeping->from, below, &full, err) < 0)
		return -(int)err->code;
	dir = opendir(full);
	if (!dir)
		return rk_error_sys(err, errno, "'%s'", full);
	while ((entry = readdir(dir)))
		if (keep_entry(keeping, below, entry->d_name, err) < 0)
			return -(int)err->code;
	return 0;
}

static int walk(struct keeping *keeping, struct rk_error *err)
{
	rk_strv_add(&keeping->folders, "");
	for (size_t i = 0; i < keeping->folders.n_items; i++) {
		/* The list may move while it grows. */
		cleanup_free char *below = strdup(keeping->folders.items[i]);

		if (!below)
			return rk_error_nomem(err);
		if (keep_folder(keeping, below, err) < 0)
			return -(int)err->code;
	}
	return rk_strv_check(&keeping->folders, err);
}

static int keep_tree(const char *top, const char *to, struct rk_error *err)
{
	cleanup_free char *from = NULL;
	struct keeping keeping = {.to = to};
	int r;

	if (rk_path_join(top, "rust", &from, err) < 0)
		return -(int)err->code;
	keeping.from = from;
	r = walk(&keeping, err);
	rk_strv_release(&keeping.folders);
	return r;
}

static int publish(const char *temp, const char *place, struct rk_error *err)
{
	if (rename(temp, place) == 0)
		return 0;
	if ((errno == ENOTEMPTY || errno == EEXIST) &&
	    renameat2(AT_FDCWD, temp, AT_FDCWD, place, RENAME_EXCHANGE) == 0)
		return 0;
	return rk_error_sys(err, errno, "'%s'", place);
}

static int name_place(const struct rk_machine *machine, const char *key, char **ret,
		      struct rk_error *err)
{
	cleanup_free char *parent = NULL;

	if (rk_machine_private_dir(machine->cache_dir, "sources", &parent, err) < 0)
		return -(int)err->code;
	return rk_path_join(parent, key, ret, err);
}

int rk_sources_keep(const struct rk_machine *machine, const char *key, const char *source,
		    const char *objtree, struct rk_error *err)
{
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_free char *place = NULL;
	cleanup_free char *temp = NULL;
	cleanup_free char *to = NULL;
	cleanup_free char *stage = NULL;
	int r;

	if (name_place(machine, key, &place, err) < 0 ||
	    rk_dir_make_temp(place, &temp, err) < 0)
		return -(int)err->code;
	r = rk_path_join(temp, "new", &stage, err);
	if (r == 0)
		r = rk_path_join(stage, "rust", &to, err);
	if (r == 0)
		r = rk_dir_make(to, 0700, err);
	if (r == 0)
		r = keep_tree(source, to, err);
	/* bindings_generated.rs and the like. */
	if (r == 0)
		r = keep_tree(objtree, to, err);
	if (r == 0)
		r = publish(stage, place, err);
	return rk_dir_remove(temp, r < 0 ? &ignored : err) < 0 && r == 0 ? -(int)err->code
									 : r;
}

/* ---- finding ---- */

static bool has_sources(const char *dir)
{
	static const char *const names[] = {"rust/kernel/lib.rs",
					    "rust/bindings/bindings_generated.rs"};

	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++) {
		cleanup_free char *path = NULL;
		struct rk_error err = RK_ERROR_INIT;

		if (rk_path_join(dir, names[i], &path, &err) < 0 ||
		    access(path, R_OK) < 0)
			return false;
	}
	return true;
}

static int fail(const struct rk_kernel *kernel, struct rk_error *err)
{
	rk_error_set(
		err, RK_ENOTFOUND,
		"the Rust sources of kernel %s are not here, only what was made of them",
		kernel->release);
	return rk_error_cure(err, "sources-missing", "rkmod prepare --again");
}

int rk_sources_find(const struct rk_machine *machine, const struct rk_kernel *kernel,
		    const struct rk_metadata *metadata, char **ret, struct rk_error *err)
{
	cleanup_set struct rk_set set = {.parent = NULL};
	cleanup_free char *place = NULL;

	if (has_sources(metadata->dir))
		return rk_strdup(metadata->dir, ret, err);
	if (rk_set_locate(machine, kernel, &set, err) < 0 ||
	    name_place(machine, set.key, &place, err) < 0)
		return -(int)err->code;
	if (!has_sources(place))
		return fail(kernel, err);
	*ret = RK_STEAL(place);
	return 0;
}
