/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/depend/depend.h"
#include "lib/module/modinfo.h"
#include "lib/pipeline/guest-files.h"
#include "lib/pipeline/vm.h"
#include "lib/root/distro.h"

/* What a user's module says about itself. */
struct wishes {
	struct rk_strv names;   /* of the user's modules */
	struct rk_strv depends; /* of all of them */
};

static void release_wishes(struct wishes *wishes)
{
	rk_strv_release(&wishes->names);
	rk_strv_release(&wishes->depends);
}

/* The kernel takes '-' and '_' in names of modules for one; so do depmod and modpost. */
static bool is_same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (*a != *b && !(strchr("-_", *a) && strchr("-_", *b)))
			return false;
	return *a == *b;
}

static bool has_name(const struct rk_strv *names, const char *name)
{
	for (size_t i = 0; i < names->n_items; i++)
		if (is_same_name(names->items[i], name))
			return true;
	return false;
}

static int add_depends(const char *list, struct rk_strv *ret, struct rk_error *err)
{
	cleanup_free char *copy = NULL;
	char *save = NULL;

	if (rk_strdup(list, &copy, err) < 0)
		return -(int)err->code;
	for (char *name = strtok_r(copy, ",", &save); name;
	     name = strtok_r(NULL, ",", &save))
		if (!has_name(ret, name))
			rk_strv_add(ret, name);
	return rk_strv_check(ret, err);
}

/* A file that is no module has no wishes: the kernel will say what it thinks of it. */
static int read_module(const char *path, struct wishes *wishes, struct rk_error *err)
{
	cleanup(rk_module_free_p) struct rk_module *module = NULL;
	struct rk_modinfo info;
	struct rk_view view;
	const char *depends;
	const char *name;

	if (rk_module_open(path, &module, err) < 0)
		return -(int)err->code;
	if (!rk_modinfo_find(module->data, module->size, &view, &info))
		return 0;
	name = rk_modinfo_get(&info, "name");
	if (name)
		rk_strv_add(&wishes->names, name);
	depends = rk_modinfo_get(&info, "depends");
	return add_depends(depends ? depends : "", &wishes->depends, err);
}

static int read_modules(const struct rk_vm_request *request, struct wishes *wishes,
			struct rk_error *err)
{
	for (size_t i = 0; i < request->n_modules; i++)
		if (read_module(request->modules[i].path, wishes, err) < 0)
			return -(int)err->code;
	return rk_strv_check(&wishes->names, err);
}

/* Paths of the modules that must come first. */
static int find_dependencies(const struct rk_kernel *kernel,
			     const struct rk_vm_request *request, struct rk_strv *ret,
			     struct rk_error *err)
{
	cleanup_strv struct rk_strv missing = RK_STRV_INIT;
	cleanup(release_wishes) struct wishes wishes = {0};

	if (read_modules(request, &wishes, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < wishes.depends.n_items; i++)
		if (!has_name(&wishes.names, wishes.depends.items[i]))
			rk_strv_add(&missing, wishes.depends.items[i]);
	if (rk_strv_check(&missing, err) < 0)
		return -(int)err->code;
	if (missing.n_items == 0)
		return 0;
	return rk_depend_resolve(kernel, &missing, ret, err);
}

/* ---- the other files ---- */

static int find_image(const struct rk_kernel *kernel, char **ret, struct rk_error *err)
{
	const struct rk_need need = {RK_NEED_IMAGE, kernel->release};
	cleanup_free char *real = NULL;

	if (kernel->image[0]) {
		if (rk_root_real(kernel->root, kernel->image, &real, err) < 0)
			return -(int)err->code;
		return rk_root_host_path(kernel->root, real, ret, err);
	}
	rk_error_set(err, RK_ENOTFOUND,
		     "the image of kernel %s is not here, only its headers",
		     kernel->release);
	return rk_distro_cure(kernel->root, &need, "image-missing",
			      "install the kernel's image", err);
}

/* One that needs a dynamic loader would not start in the guest. */
static bool is_static_program(int fd)
{
	Elf64_Ehdr header;
	Elf64_Phdr segment;

	if (pread(fd, &header, sizeof(header), 0) != (ssize_t)sizeof(header) ||
	    memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
	    header.e_phentsize != sizeof(segment))
		return false;
	for (unsigned int i = 0; i < header.e_phnum; i++) {
		off_t at = (off_t)(header.e_phoff + i * sizeof(segment));

		if (pread(fd, &segment, sizeof(segment), at) !=
			    (ssize_t)sizeof(segment) ||
		    segment.p_type == PT_INTERP)
			return false;
	}
	return true;
}

static bool is_static_file(const char *path)
{
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd >= 0 && is_static_program(fd);
}

/* The machine's own, or the tree's. */
static int find_busybox(const struct rk_root *root, char **ret, struct rk_error *err)
{
	static const char path[] = "/usr/bin/busybox";
	static const struct rk_need need = {RK_NEED_PROGRAM, "busybox"};
	cleanup_free char *real = NULL;
	cleanup_free char *inside = NULL;

	if (is_static_file("/bin/busybox"))
		return rk_strdup("/bin/busybox", ret, err);
	if (is_static_file(path))
		return rk_strdup(path, ret, err);
	if (!root->is_host && rk_root_real(root, path, &inside, err) == 0) {
		if (rk_root_host_path(root, inside, &real, err) < 0)
			return -(int)err->code;
		if (is_static_file(real)) {
			*ret = RK_STEAL(real);
			return 0;
		}
	}
	rk_error_set(
		err, RK_ENOTFOUND,
		"a script in the guest needs a statically linked busybox, and there is none");
	return rk_distro_cure(NULL, &need, "busybox-missing",
			      "install a statically linked busybox", err);
}

/* ---- the whole ---- */

static const char *arch_name(enum rk_arch arch)
{
	static const char *const names[] = {
		[RK_ARCH_X86_64] = "x86_64",
		[RK_ARCH_ARM64] = "aarch64",
		[RK_ARCH_RISCV] = "riscv64",
		[RK_ARCH_OTHER] = "this architecture",
	};

	return names[arch];
}

/* Dependencies first, then the user's. */
static struct rk_vm_module *join_modules(const struct rk_strv *dependencies,
					 const struct rk_vm_request *request)
{
	size_t n = dependencies->n_items;
	struct rk_vm_module *all = calloc(n + request->n_modules + 1, sizeof(*all));

	for (size_t i = 0; all && i < n; i++) {
		all[i] = (struct rk_vm_module){.path = dependencies->items[i],
					       .params = "",
					       .is_dependency = true};
		rk_log(RK_LOG_DEBUG, "needed first: %s", all[i].path);
	}
	for (size_t i = 0; all && i < request->n_modules; i++)
		all[n + i] = request->modules[i];
	return all;
}

static int fill_request(const struct rk_kernel *kernel, struct rk_vm_request *request,
			char **image, char **busybox, struct rk_error *err)
{
	if (find_image(kernel, image, err) < 0 ||
	    (request->script && find_busybox(kernel->root, busybox, err) < 0))
		return -(int)err->code;
	request->arch = arch_name(kernel->arch);
	request->image = *image;
	request->busybox = *busybox;
	return 0;
}

/* Modules are inserted: dependencies first. */
static int run_modules(struct rk_pipeline *pipeline, struct rk_vm_request *request,
		       struct rk_vm_result *ret, struct rk_error *err)
{
	cleanup_strv struct rk_strv dependencies = RK_STRV_INIT;
	cleanup_free struct rk_vm_module *modules = NULL;

	if (find_dependencies(pipeline->kernel, request, &dependencies, err) < 0)
		return -(int)err->code;
	modules = join_modules(&dependencies, request);
	if (!modules)
		return rk_error_nomem(err);
	request->modules = modules;
	request->n_modules += dependencies.n_items;
	return rk_vm_run(pipeline->machine, request, ret, err);
}

/* Modules are files for the rkmod in the guest, and so is what it asks of the kernel. */
static int run_rkmod(struct rk_pipeline *pipeline, struct rk_vm_request *request,
		     struct rk_vm_result *ret, struct rk_error *err)
{
	cleanup_strv struct rk_strv dependencies = RK_STRV_INIT;
	cleanup(rk_guest_files_release) struct rk_guest_files files = {0};

	if (find_dependencies(pipeline->kernel, request, &dependencies, err) < 0)
		return -(int)err->code;
	rk_guest_files_kernel(&files, pipeline->kernel);
	for (size_t i = 0; i < dependencies.n_items; i++)
		rk_guest_files_tree(&files, pipeline->root, dependencies.items[i]);
	for (size_t i = 0; i < request->n_modules; i++)
		rk_guest_files_home(&files, request->modules[i].path);
	for (size_t i = 0; i < request->n_files; i++)
		rk_guest_files_add(&files, request->files[i].path,
				   request->files[i].inside);
	if (rk_guest_files_check(&files, err) < 0)
		return -(int)err->code;
	request->files = files.items;
	request->n_files = files.n_items;
	request->n_modules = 0;
	return rk_vm_run(pipeline->machine, request, ret, err);
}

int rk_pipeline_vm(struct rk_pipeline *pipeline, const struct rk_vm_request *request,
		   struct rk_vm_result *ret, struct rk_error *err)
{
	struct rk_vm_request full = *request;
	cleanup_free char *busybox = NULL;
	cleanup_free char *image = NULL;

	if (rk_pipeline_kernel(pipeline, err) < 0 ||
	    fill_request(pipeline->kernel, &full, &image, &busybox, err) < 0)
		return -(int)err->code;
	return request->with_rkmod ? run_rkmod(pipeline, &full, ret, err)
				   : run_modules(pipeline, &full, ret, err);
}
