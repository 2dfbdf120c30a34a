/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>

#include "lib/base/elf.h"
#include "lib/base/fact.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/kernel/btf.h"
#include "lib/kernel/internal.h"

enum { BTF_LIMIT = 256 << 20 };

static const char fact_kind[] = "module-size";

static int open_vmlinux(const struct rk_root *root, const char *path, struct stat *st,
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
	cleanup_buf struct rk_buf btf = RK_BUF_INIT;

	if (rk_elf_read_section(fd, ".BTF", BTF_LIMIT, &btf, err) < 0)
		return -(int)err->code;
	return rk_btf_struct_size(btf.data, btf.len, "module", ret, err);
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
	    open_vmlinux(root, path, &st, &fd, err) < 0)
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

size_t rk_vmlinux_module_size(const struct rk_machine *machine,
			      const struct rk_root *root, const char *kdir)
{
	struct rk_error err = RK_ERROR_INIT;
	uint32_t size = 0;

	if (find_size(machine, root, kdir, &size, &err) < 0)
		rk_log(RK_LOG_DEBUG, "sizeof(struct module) is unknown: %s", err.msg);
	return size;
}

int rk_kernel_read_btf(const struct rk_kernel *kernel, struct rk_buf *ret,
		       struct rk_error *err)
{
	cleanup_free char *path = NULL;
	cleanup_close int fd = -1;
	struct stat st;

	if (rk_path_join(kernel->kdir_real, "vmlinux", &path, err) < 0 ||
	    open_vmlinux(kernel->root, path, &st, &fd, err) < 0 ||
	    rk_elf_read_section(fd, ".BTF", BTF_LIMIT, ret, err) < 0)
		return -(int)err->code;
	return 0;
}
