/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/root/sandbox.h"

/* Made by bwrap itself, or not there at all: never taken from the tree. */
static const char *const own_entries[] = {"dev", "proc", "run", "sys", "tmp"};

/* A bind with its place inside, links of the tree resolved. */
struct place {
	const struct rk_root_bind *bind;
	char *inside;
};

struct sandbox {
	const struct rk_root *root;
	struct place *places; /* sorted by .inside: a folder before what is in it */
	size_t n_places;
	struct rk_strv opened; /* folders to be opened, sorted after the first pass */
	struct rk_strv *args;
};

static void sandbox_release(struct sandbox *box)
{
	for (size_t i = 0; box->places && i < box->n_places; i++)
		free(box->places[i].inside);
	free(box->places);
	rk_strv_release(&box->opened);
}

static bool is_own_entry(const char *name)
{
	for (size_t i = 0; i < RK_ARRAY_LEN(own_entries); i++)
		if (strcmp(name, own_entries[i]) == 0)
			return true;
	return false;
}

/* On a tmpfs of ours (or in /dev, /proc), where the tree has no say. */
static bool is_on_own_entry(const char *path)
{
	for (size_t i = 0; i < RK_ARRAY_LEN(own_entries); i++) {
		size_t len = strlen(own_entries[i]);

		if (strncmp(path + 1, own_entries[i], len) == 0 &&
		    (path[1 + len] == '/' || path[1 + len] == '\0'))
			return true;
	}
	return false;
}

/* ---- what the tree has ---- */

static bool is_taken_by_bind(const struct sandbox *box, const char *path)
{
	for (size_t i = 0; i < box->n_places; i++)
		if (rk_path_is_below(box->places[i].inside, path))
			return true;
	return false;
}

/* One entry of a folder of the tree, bound or, being a link, made again. */
static int add_entry(struct sandbox *box, const char *path, struct rk_error *err)
{
	cleanup_close int fd = -1;
	cleanup_free char *host = NULL;
	cleanup_free char *target = NULL;
	struct rk_error gone = RK_ERROR_INIT;
	struct stat st;

	if (rk_root_open_file(box->root, path, O_PATH | O_NOFOLLOW, &fd, &gone) < 0 ||
	    fstat(fd, &st) < 0)
		return 0; /* listed, and gone or not for us: then it is not there */
	if (S_ISLNK(st.st_mode)) {
		if (is_taken_by_bind(box, path))
			return 0;
		if (rk_root_readlink(box->root, path, &target, err) < 0)
			return -(int)err->code;
		rk_strv_add_all(box->args, "--symlink", target, path, NULL);
		return 0;
	}
	if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
		return 0;
	if (rk_root_host_path(box->root, path, &host, err) < 0)
		return -(int)err->code;
	rk_strv_add_all(box->args, "--ro-bind", host, path, NULL);
	return 0;
}

static int add_entries(struct sandbox *box, const char *dir, struct rk_error *err)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;
	bool top = strcmp(dir, "/") == 0;

	if (rk_root_list_dir(box->root, dir, &names, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < names.n_items; i++) {
		cleanup_free char *path = NULL;

		if (top && is_own_entry(names.items[i]))
			continue;
		if (rk_path_join(dir, names.items[i], &path, err) < 0 ||
		    add_entry(box, path, err) < 0)
			return -(int)err->code;
	}
	return 0;
}

/* ---- where the binds go ---- */

/*
 * Splits @path into the longest part that exists in the tree, links resolved, and the
 * rest. @ret_existing is "/" if not even the first component exists.
 */
static int split_existing(const struct rk_root *root, const char *path,
			  char **ret_existing, const char **ret_rest,
			  struct rk_error *err)
{
	cleanup_free char *head = NULL;
	size_t len = strlen(path);

	if (rk_strdup(path, &head, err) < 0)
		return -(int)err->code;
	while (len > 1 && !rk_root_exists(root, head)) {
		while (head[len - 1] != '/')
			len--;
		len -= len > 1; /* the slash too, but for the first */
		head[len] = '\0';
	}
	*ret_rest = path + len;
	return rk_root_real(root, head, ret_existing, err);
}

static bool is_in_earlier_bind(const struct sandbox *box, size_t index, const char *path)
{
	for (size_t i = 0; i < index; i++)
		if (rk_path_is_below(path, box->places[i].bind->inside
						   ? box->places[i].bind->inside
						   : box->places[i].bind->host_path))
			return true;
	return false;
}

/* Finds the place of a bind, and which folder must be opened for it, if any. */
static int place_bind(struct sandbox *box, size_t index, struct rk_error *err)
{
	const struct rk_root_bind *bind = box->places[index].bind;
	const char *path = bind->inside ? bind->inside : bind->host_path;
	cleanup_free char *existing = NULL;
	const char *rest = "";

	if (path[0] != '/' || bind->host_path[0] != '/')
		return rk_error_set(err, RK_EFORMAT, "'%s' cannot be bound: not absolute",
				    path);
	if (access(bind->host_path, F_OK) < 0)
		return rk_error_sys(err, errno, "'%s' cannot be bound", bind->host_path);
	if (is_on_own_entry(path) || is_in_earlier_bind(box, index, path))
		return rk_strdup(path, &box->places[index].inside, err);
	if (split_existing(box->root, path, &existing, &rest, err) < 0)
		return -(int)err->code;
	if (*rest && strcmp(existing, "/") != 0 && !is_on_own_entry(existing) &&
	    !rk_strv_contains(&box->opened, existing))
		rk_strv_add(&box->opened, existing);
	while (*rest == '/')
		rest++;
	if (!*rest)
		box->places[index].inside = RK_STEAL(existing);
	else if (rk_path_join(existing, rest, &box->places[index].inside, err) < 0)
		return -(int)err->code;
	return 0;
}

static int compare_binds(const void *a, const void *b)
{
	const struct rk_root_bind *left = ((const struct place *)a)->bind;
	const struct rk_root_bind *right = ((const struct place *)b)->bind;

	return strcmp(left->inside ? left->inside : left->host_path,
		      right->inside ? right->inside : right->host_path);
}

static int place_binds(struct sandbox *box, const struct rk_root_bind *binds,
		       size_t n_binds, struct rk_error *err)
{
	if (n_binds == 0)
		return 0;
	box->places = calloc(n_binds, sizeof(*box->places));
	if (!box->places)
		return rk_error_nomem(err);
	box->n_places = n_binds;
	for (size_t i = 0; i < n_binds; i++)
		box->places[i].bind = &binds[i];
	qsort(box->places, n_binds, sizeof(*box->places), compare_binds);
	for (size_t i = 0; i < n_binds; i++)
		if (place_bind(box, i, err) < 0)
			return -(int)err->code;
	rk_strv_sort(&box->opened);
	return rk_strv_check(&box->opened, err);
}

static void add_binds(struct sandbox *box)
{
	for (size_t i = 0; i < box->n_places; i++)
		rk_strv_add_all(
			box->args, box->places[i].bind->writable ? "--bind" : "--ro-bind",
			box->places[i].bind->host_path, box->places[i].inside, NULL);
}

static int add_mounts(struct sandbox *box, struct rk_error *err)
{
	if (add_entries(box, "/", err) < 0)
		return -(int)err->code;
	rk_strv_add_all(box->args, "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp",
			"--tmpfs", "/run", NULL);
	for (size_t i = 0; i < box->opened.n_items; i++) {
		rk_strv_add_all(box->args, "--tmpfs", box->opened.items[i], NULL);
		if (add_entries(box, box->opened.items[i], err) < 0)
			return -(int)err->code;
	}
	add_binds(box);
	for (size_t i = 0; i < box->opened.n_items; i++)
		rk_strv_add_all(box->args, "--remount-ro", box->opened.items[i], NULL);
	/* What is written beside the binds would be lost: rather an error. */
	rk_strv_add_all(box->args, "--remount-ro", "/", NULL);
	return rk_strv_check(box->args, err);
}

int rk_sandbox_arguments(const struct rk_root *root, const struct rk_root_bind *binds,
			 size_t n_binds, struct rk_strv *ret, struct rk_error *err)
{
	struct sandbox box = {.root = root, .args = ret};
	int r = place_binds(&box, binds, n_binds, err);

	if (r == 0)
		r = add_mounts(&box, err);
	sandbox_release(&box);
	return r;
}
