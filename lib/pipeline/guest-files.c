/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/file.h"
#include "lib/pipeline/guest-files.h"

enum {
	ORDER_LIMIT = 16 << 20,
};

/* Takes over the texts. */
static void add(struct rk_guest_files *files, char *path, char *inside, char *link)
{
	struct rk_vm_file *items =
		realloc(files->items, (files->n_items + 1) * sizeof(*items));

	if (items)
		files->items = items;
	if (!items || !inside || (!path && !link)) {
		free(path);
		free(inside);
		free(link);
		files->failed = true;
		return;
	}
	items[files->n_items++] =
		(struct rk_vm_file){.path = path, .inside = inside, .link = link};
}

void rk_guest_files_add(struct rk_guest_files *files, const char *path,
			const char *inside)
{
	add(files, strdup(path), strdup(inside), NULL);
}

void rk_guest_files_home(struct rk_guest_files *files, const char *path)
{
	struct rk_error ignored = RK_ERROR_INIT;
	char *inside = NULL;

	if (rk_path_join(RK_VM_USER_HOME, rk_path_base(path), &inside, &ignored) < 0)
		inside = NULL;
	add(files, strdup(path), inside, NULL);
}

void rk_guest_files_tree(struct rk_guest_files *files, const struct rk_root *root,
			 const char *path)
{
	size_t len = root->is_host ? 0 : strlen(root->path);
	bool is_below = strncmp(path, root->path, len) == 0;

	add(files, strdup(path), strdup(is_below ? path + len : path), NULL);
}

/* ---- what tells rkmod about the kernel ---- */

/* A file of the tree that may be missing. The guest's /lib is no link to /usr/lib, and
 * so a path there stays as it is written. */
static void add_inside(struct rk_guest_files *files, const struct rk_root *root,
		       const char *dir, const char *name)
{
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_free char *inside = NULL;
	cleanup_free char *real = NULL;
	char *path = NULL;

	if (rk_path_join(dir, name, &inside, &ignored) < 0) {
		files->failed = true;
		return;
	}
	if (rk_root_real(root, inside, &real, &ignored) < 0)
		return;
	if (rk_root_host_path(root, real, &path, &ignored) < 0)
		path = NULL;
	add(files, path, strdup(inside), NULL);
}

/* Of a kernel that one built oneself: in its own modules rkmod sees how large they are.
 */
static void add_own_module(struct rk_guest_files *files, const struct rk_kernel *kernel)
{
	cleanup_buf struct rk_buf order = RK_BUF_INIT;
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_free char *path = NULL;
	cleanup_free char *name = NULL;
	size_t len;

	if (rk_path_join(kernel->kdir_real, "modules.order", &path, &ignored) < 0 ||
	    rk_root_read(kernel->root, path, ORDER_LIMIT, &order, &ignored) < 0)
		return;
	len = strcspn(rk_buf_str(&order), "\n");
	if (len < 3 ||
	    rk_format(&name, &ignored, "%.*s.ko", (int)len - 2, rk_buf_str(&order)) < 0)
		return;
	add_inside(files, kernel->root, kernel->kdir_real, "modules.order");
	add_inside(files, kernel->root, kernel->kdir_real, name);
}

static void add_headers(struct rk_guest_files *files, const struct rk_kernel *kernel)
{
	/* Of KDIR, as lib/kernel reads it. */
	static const char *const kdir[] = {"Makefile",
					   ".config",
					   "Module.symvers",
					   "include/config/auto.conf",
					   "include/config/kernel.release",
					   "vmlinux"};
	/* Of the source, as lib/verdict reads it. */
	static const char *const source[] = {
		"Makefile", "include/linux/export-internal.h", "include/linux/export.h",
		"include/linux/module.h", "include/uapi/linux/btf.h"};

	for (size_t i = 0; i < RK_ARRAY_LEN(kdir); i++)
		add_inside(files, kernel->root, kernel->kdir_real, kdir[i]);
	for (size_t i = 0; i < RK_ARRAY_LEN(source); i++)
		if (strcmp(kernel->srctree, kernel->kdir_real) != 0 || i > 0)
			add_inside(files, kernel->root, kernel->srctree, source[i]);
	add_own_module(files, kernel);
}

void rk_guest_files_kernel(struct rk_guest_files *files, const struct rk_kernel *kernel)
{
	/* libkmod's, and the image, in which the keys are that the kernel trusts. */
	static const char *const indexes[] = {"modules.alias.bin",
					      "modules.builtin.alias.bin",
					      "modules.builtin.bin",
					      "modules.builtin.modinfo",
					      "modules.dep.bin",
					      "modules.softdep",
					      "modules.symbols.bin",
					      "modules.weakdep",
					      "vmlinuz"};
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_free char *dir = NULL;
	char *build = NULL;

	add_headers(files, kernel);
	if (rk_format(&dir, &ignored, "/lib/modules/%s", kernel->release) < 0 ||
	    rk_path_join(dir, "build", &build, &ignored) < 0) {
		files->failed = true;
		return;
	}
	add(files, NULL, build, strdup(kernel->kdir_real));
	for (size_t i = 0; i < RK_ARRAY_LEN(indexes); i++)
		add_inside(files, kernel->root, dir, indexes[i]);
	/* Of a kernel that one built oneself it lies elsewhere. */
	if (kernel->image[0])
		add_inside(files, kernel->root, "/", kernel->image);
}

int rk_guest_files_check(const struct rk_guest_files *files, struct rk_error *err)
{
	return files->failed ? rk_error_nomem(err) : 0;
}

void rk_guest_files_release(struct rk_guest_files *files)
{
	for (size_t i = 0; i < files->n_items; i++) {
		free((char *)files->items[i].path);
		free((char *)files->items[i].inside);
		free((char *)files->items[i].link);
	}
	free(files->items);
	*files = (struct rk_guest_files){0};
}
