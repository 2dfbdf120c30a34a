/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "lib/base/archive.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/vm/boot.h"
#include "lib/vm/protocol.h"

enum {
	FILE_LIMIT = 1 << 30,
};

int rk_vm_module_path(size_t module, char **ret, struct rk_error *err)
{
	return rk_format(ret, err, "/rkmod/modules/%zu.ko", module);
}

/* cpio names have no leading slash. */
static int add_bytes(struct rk_cpio *cpio, const char *inside, mode_t mode,
		     const struct rk_buf *buf, struct rk_error *err)
{
	return rk_cpio_add_file(cpio, inside + 1, mode, buf->data, buf->len, err);
}

static int add_host_file(struct rk_cpio *cpio, const char *inside, mode_t mode,
			 const char *path, struct rk_error *err)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;

	if (rk_file_read(path, FILE_LIMIT, &buf, err) < 0)
		return -(int)err->code;
	return add_bytes(cpio, inside, mode, &buf, err);
}

static int add_guest(struct rk_cpio *cpio, const struct rk_machine *machine,
		     struct rk_error *err)
{
	cleanup_free char *path = NULL;

	if (rk_path_join(machine->libexec_dir, "rkmod-guest", &path, err) < 0)
		return -(int)err->code;
	if (add_host_file(cpio, "/init", 0755, path, err) == 0)
		return 0;
	rk_error_prefix(err, "guest program");
	return rk_error_cure(err, "guest-missing",
			     "install rkmod again, or set RKMOD_LIBEXEC to its folder");
}

/* Plain: the guest's kernel may not know how to decompress them. */
static int add_module(struct rk_cpio *cpio, const char *path, size_t index,
		      struct rk_error *err)
{
	cleanup_buf struct rk_buf packed = RK_BUF_INIT;
	cleanup_buf struct rk_buf plain = RK_BUF_INIT;
	cleanup_free char *inside = NULL;

	if (rk_file_read(path, FILE_LIMIT, &packed, err) < 0 ||
	    rk_vm_module_path(index, &inside, err) < 0)
		return -(int)err->code;
	if (rk_compression_of(packed.data, packed.len) == RK_COMPRESSION_NONE)
		return add_bytes(cpio, inside, 0644, &packed, err);
	if (rk_decompress(packed.data, packed.len, FILE_LIMIT, &plain, err) < 0)
		return rk_error_prefix(err, "'%s'", path);
	return add_bytes(cpio, inside, 0644, &plain, err);
}

/* The folders above @inside. The kernel does not mind one that is there already. */
static int add_parents(struct rk_cpio *cpio, const char *inside, struct rk_error *err)
{
	cleanup_free char *copy = NULL;

	if (rk_strdup(inside, &copy, err) < 0)
		return -(int)err->code;
	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (rk_cpio_add_dir(cpio, copy + 1, 0755, err) < 0)
			return -(int)err->code;
		*slash = '/';
	}
	return 0;
}

static int add_extra(struct rk_cpio *cpio, const struct rk_vm_file *file,
		     struct rk_error *err)
{
	struct stat st;

	if (file->inside[0] != '/' || file->inside[1] == '\0')
		return rk_error_set(err, RK_EFORMAT, "'%s' is no absolute path",
				    file->inside);
	if (add_parents(cpio, file->inside, err) < 0)
		return -(int)err->code;
	if (file->link)
		return rk_cpio_add_link(cpio, file->inside + 1, file->link, err);
	if (stat(file->path, &st) < 0)
		return rk_error_sys(err, errno, "'%s'", file->path);
	return add_host_file(cpio, file->inside, st.st_mode & 0777, file->path, err);
}

static int add_skeleton(struct rk_cpio *cpio, struct rk_error *err)
{
	static const char *const dirs[] = {"bin", "dev",   "proc",         "sys",
					   "tmp", "rkmod", "rkmod/modules"};

	for (size_t i = 0; i < RK_ARRAY_LEN(dirs); i++)
		if (rk_cpio_add_dir(cpio, dirs[i], 0755, err) < 0)
			return -(int)err->code;
	/* The kernel opens it for init, before there is a devtmpfs. */
	return rk_cpio_add_node(cpio, "dev/console", S_IFCHR | 0600, 5, 1, err);
}

static int add_script(struct rk_cpio *cpio, const struct rk_vm_request *request,
		      struct rk_error *err)
{
	if (!request->script)
		return 0;
	if (add_host_file(cpio, "/bin/busybox", 0755, request->busybox, err) < 0)
		return -(int)err->code;
	return add_host_file(cpio, RK_VM_SCRIPT, 0755, request->script, err);
}

/* ---- rkmod itself ---- */

struct libraries {
	struct rk_cpio *cpio;
	struct rk_error *err;
};

/* By the path under which the dynamic loader found it here, it finds it there. The
 * kernel's own (linux-vdso) is no file. */
static int add_library(struct dl_phdr_info *info, size_t size, void *data)
{
	const struct libraries *libraries = data;
	const struct rk_vm_file file = {.path = info->dlpi_name,
					.inside = info->dlpi_name};

	if (info->dlpi_name[0] != '/')
		return 0;
	return add_extra(libraries->cpio, &file, libraries->err) < 0;
}

/* What rkmod opens when it needs it is opened now, so that it is found with the rest;
 * what is not here cannot be used there. libgit2 is for nothing that is done in a guest.
 */
static int add_libraries(struct rk_cpio *cpio, struct rk_error *err)
{
	static const char *const opened_on_use[] = {"libarchive.so.13", "libcrypto.so.3",
						    "libkmod.so.2", "liblzma.so.5"};
	struct libraries libraries = {.cpio = cpio, .err = err};

	for (size_t i = 0; i < RK_ARRAY_LEN(opened_on_use); i++)
		if (!dlopen(opened_on_use[i], RTLD_NOW | RTLD_LOCAL))
			rk_log(RK_LOG_DEBUG, "not in the guest: %s", dlerror());
	return dl_iterate_phdr(add_library, &libraries) ? -(int)err->code : 0;
}

static int add_text(struct rk_cpio *cpio, const char *inside, const char *text,
		    struct rk_error *err)
{
	if (add_parents(cpio, inside, err) < 0)
		return -(int)err->code;
	return rk_cpio_add_file(cpio, inside + 1, 0644, text, strlen(text), err);
}

static int add_rkmod(struct rk_cpio *cpio, struct rk_error *err)
{
	const struct rk_vm_file self = {.path = "/proc/self/exe",
					.inside = "/usr/bin/rkmod"};
	cleanup_free char *users = NULL;
	cleanup_free char *groups = NULL;

	if (rk_format(&users, err,
		      "root:x:0:0:root:/root:/bin/sh\n"
		      "user:x:%d:%d:user:" RK_VM_USER_HOME ":/bin/sh\n",
		      RK_VM_USER_ID, RK_VM_USER_ID) < 0 ||
	    rk_format(&groups, err, "root:x:0:\nuser:x:%d:\n", RK_VM_USER_ID) < 0)
		return -(int)err->code;
	if (add_text(cpio, "/etc/passwd", users, err) < 0 ||
	    add_text(cpio, "/etc/group", groups, err) < 0 ||
	    rk_cpio_add_dir(cpio, "root", 0700, err) < 0 ||
	    rk_cpio_add_dir(cpio, "home", 0755, err) < 0 ||
	    rk_cpio_add_dir(cpio, &RK_VM_USER_HOME[1], 0755, err) < 0 ||
	    add_extra(cpio, &self, err) < 0)
		return -(int)err->code;
	return add_libraries(cpio, err);
}

static int fill(struct rk_cpio *cpio, const struct rk_machine *machine,
		const struct rk_vm_request *request, const char *jobs,
		struct rk_error *err)
{
	if (add_skeleton(cpio, err) < 0 || add_guest(cpio, machine, err) < 0 ||
	    add_script(cpio, request, err) < 0 ||
	    rk_cpio_add_file(cpio, &RK_VM_JOBS[1], 0600, jobs, strlen(jobs), err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < request->n_modules; i++)
		if (add_module(cpio, request->modules[i].path, i, err) < 0)
			return -(int)err->code;
	for (size_t i = 0; i < request->n_files; i++)
		if (add_extra(cpio, &request->files[i], err) < 0)
			return -(int)err->code;
	if (request->with_rkmod && add_rkmod(cpio, err) < 0)
		return -(int)err->code;
	return rk_cpio_finish(cpio, err);
}

int rk_vm_initramfs(const struct rk_machine *machine, const struct rk_vm_request *request,
		    const char *jobs, int *ret_fd, struct rk_error *err)
{
	cleanup_close int fd = memfd_create("initramfs", MFD_CLOEXEC);
	cleanup(rk_cpio_free_p) struct rk_cpio *cpio = NULL;

	if (fd < 0)
		return rk_error_sys(err, errno, "memfd_create");
	if (rk_cpio_open(fd, &cpio, err) < 0 ||
	    fill(cpio, machine, request, jobs, err) < 0)
		return -(int)err->code;
	*ret_fd = rk_steal_fd(&fd);
	return 0;
}
