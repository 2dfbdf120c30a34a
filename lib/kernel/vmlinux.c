/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is compiled into the kernel, from KDIR's vmlinux. One without type information
 * does not tell the size of struct module; a module of its own build does.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/base/elf.h"
#include "lib/base/fact.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/kernel/btf.h"
#include "lib/kernel/internal.h"

enum {
	BTF_LIMIT = 256 << 20,
	MODULE_LIMIT = 1 << 20, /* for struct module */
	ORDER_LIMIT = 4 << 20,
};

static const char fact_kind[] = "module-size";

static int open_built(const struct rk_root *root, const char *path, struct stat *st,
		      int *ret_fd, struct rk_error *err)
{
	cleanup_close int fd = -1;

	if (rk_root_open_file(root, path, O_RDONLY | O_NONBLOCK, &fd, err) < 0)
		return -(int)err->code;
	if (fstat(fd, st) < 0)
		return rk_error_sys(err, errno, "'%s'", path);
	if (!S_ISREG(st->st_mode))
		return rk_error_set(err, RK_EFORMAT, "'%s' is no regular file", path);
	*ret_fd = rk_steal_fd(&fd);
	return 0;
}

static int read_size(int fd, uint32_t *ret, struct rk_error *err)
{
	cleanup_elf_section struct rk_elf_section btf = RK_ELF_SECTION_INIT;

	if (rk_elf_map_section(fd, ".BTF", BTF_LIMIT, &btf, err) < 0)
		return -(int)err->code;
	return rk_btf_struct_size(btf.data, btf.size, "module", ret, err);
}

static int find_size(const struct rk_machine *machine, const struct rk_root *root,
		     const char *kdir, uint32_t *ret, struct rk_error *err)
{
	cleanup_free char *host_path = NULL;
	cleanup_free char *path = NULL;
	cleanup_free char *kept = NULL;
	cleanup_close int fd = -1;
	char text[32];
	struct stat st;

	if (rk_path_join(kdir, "vmlinux", &path, err) < 0 ||
	    rk_root_host_path(root, path, &host_path, err) < 0 ||
	    open_built(root, path, &st, &fd, err) < 0)
		return -(int)err->code;
	if (rk_fact_get(machine, fact_kind, host_path, &st, &kept)) {
		*ret = (uint32_t)strtoul(kept, NULL, 10);
		return 0;
	}
	if (read_size(fd, ret, err) < 0)
		return rk_error_prefix(err, "'%s'", path);
	snprintf(text, sizeof(text), "%u", *ret);
	rk_fact_put(machine, fact_kind, host_path, &st, text);
	return 0;
}

/* A module that was built with the kernel, from its line in modules.order: "dir/x.o". */
static int read_module(const struct rk_root *root, const char *kdir, const char *line,
		       size_t len, size_t *ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf contents = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	cleanup_close int fd = -1;
	struct stat st;

	if (len < 3 || memcmp(line + len - 2, ".o", 2) != 0)
		return rk_error_set(err, RK_ENOTFOUND, "'%.*s' is no object", (int)len,
				    line);
	if (rk_format(&path, err, "%s/%.*s.ko", kdir, (int)len - 2, line) < 0 ||
	    open_built(root, path, &st, &fd, err) < 0 ||
	    rk_elf_read_section(fd, ".gnu.linkonce.this_module", MODULE_LIMIT, &contents,
				err) < 0)
		return -(int)err->code;
	*ret = contents.len;
	return 0;
}

static size_t size_in_own_module(const struct rk_root *root, const char *kdir)
{
	cleanup_buf struct rk_buf order = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	struct rk_error ignored = RK_ERROR_INIT;
	size_t size = 0;
	size_t len;

	if (rk_path_join(kdir, "modules.order", &path, &ignored) < 0 ||
	    rk_root_read(root, path, ORDER_LIMIT, &order, &ignored) < 0)
		return 0;
	for (const char *line = rk_buf_str(&order); *line; line += len + !!line[len]) {
		struct rk_error err = RK_ERROR_INIT;

		len = strcspn(line, "\n");
		if (read_module(root, kdir, line, len, &size, &err) == 0)
			return size;
	}
	return 0;
}

size_t rk_vmlinux_module_size(const struct rk_machine *machine,
			      const struct rk_root *root, const char *kdir)
{
	struct rk_error err = RK_ERROR_INIT;
	uint32_t size = 0;

	if (find_size(machine, root, kdir, &size, &err) == 0)
		return size;
	rk_log(RK_LOG_DEBUG, "no sizeof(struct module) in the kernel: %s", err.msg);
	return size_in_own_module(root, kdir);
}

int rk_kernel_map_btf(const struct rk_kernel *kernel, struct rk_elf_section *ret,
		      struct rk_error *err)
{
	cleanup_free char *path = NULL;
	cleanup_close int fd = -1;
	struct stat st;

	if (rk_path_join(kernel->kdir_real, "vmlinux", &path, err) < 0 ||
	    open_built(kernel->root, path, &st, &fd, err) < 0 ||
	    rk_elf_map_section(fd, ".BTF", BTF_LIMIT, ret, err) < 0)
		return -(int)err->code;
	return 0;
}
