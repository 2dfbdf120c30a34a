/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/kernel/internal.h"
#include "lib/root/distro.h"

static int cure_headers(const struct rk_root *root, const char *release,
			struct rk_error *err)
{
	const struct rk_need need = {RK_NEED_HEADERS, release};

	return rk_distro_cure(root, &need, "headers-missing",
			      "install the headers of this release", err);
}

/* Neither a link that leads somewhere nor a folder. */
static int fail_headers(const struct rk_root *root, const char *release,
			struct rk_error *err)
{
	cleanup_free char *build = NULL;
	cleanup_free char *target = NULL;
	struct rk_error ignored = RK_ERROR_INIT;

	if (rk_format(&build, err, "/lib/modules/%s/build", release) < 0)
		return -(int)err->code;
	if (rk_root_readlink(root, build, &target, &ignored) == 0)
		rk_error_set(err, RK_ENOTFOUND,
			     "the headers of kernel '%s' are not installed: '%s' is a "
			     "link to '%s', which does not exist",
			     release, build, target);
	else
		rk_error_set(err, RK_ENOTFOUND,
			     "the headers of kernel '%s' are not installed: there is no "
			     "'%s'",
			     release, build);
	return cure_headers(root, release, err);
}

static int check_release(const char *release, struct rk_error *err)
{
	if (!release[0]) {
		rk_error_set(err, RK_ENOTFOUND, "the kernel's release is empty");
		return rk_error_cure(err, "release-empty",
				     "name the kernel with --kernel or --kdir");
	}
	/* It becomes part of paths. */
	if (!strchr(release, '/') && release[0] != '.')
		return 0;
	rk_error_set(err, RK_ENOTFOUND, "'%s' is no kernel release", release);
	return rk_error_cure(err, "headers-missing",
			     "rkmod kernels lists those that are here; a folder is named "
			     "with --kdir");
}

static int find_by_release(const struct rk_root *root, const char *release, char **ret,
			   struct rk_error *err)
{
	/* Debian's headers come without the link if the kernel itself is missing;
	 * Fedora's folder is named after the release. */
	static const char *const places[] = {
		"/lib/modules/%s/build",
		"/usr/lib/modules/%s/build",
		"/usr/src/linux-headers-%s",
		"/usr/src/kernels/%s",
	};

	if (check_release(release, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < RK_ARRAY_LEN(places); i++) {
		cleanup_buf struct rk_buf kdir = RK_BUF_INIT;
		const char *hole = strstr(places[i], "%s");

		rk_buf_add(&kdir, places[i], (size_t)(hole - places[i]));
		rk_buf_adds(&kdir, release);
		rk_buf_adds(&kdir, hole + 2);
		if (rk_buf_check(&kdir, err) < 0)
			return -(int)err->code;
		if (rk_root_exists(root, rk_buf_str(&kdir)))
			return rk_buf_take(&kdir, ret, err);
	}
	return fail_headers(root, release, err);
}

/* The release that a KDIR of a scan stands for, for messages. */
static void add_release(const struct rk_root *root, const char *kdir, struct rk_buf *to)
{
	cleanup_buf struct rk_buf release = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;

	rk_buf_adds(to, to->len ? ", " : "");
	if (rk_path_join(kdir, "include/config/kernel.release", &path, &err) == 0 &&
	    rk_root_read(root, path, 4096, &release, &err) == 0)
		rk_buf_addf(to, "%.*s", (int)strcspn(rk_buf_str(&release), "\n"),
			    rk_buf_str(&release));
	else
		rk_buf_adds(to, kdir);
}

/* In a tree that is not the host's nothing runs. */
static int find_only(const struct rk_root *root, char **ret, struct rk_error *err)
{
	cleanup_strv struct rk_strv kdirs = RK_STRV_INIT;
	cleanup_buf struct rk_buf names = RK_BUF_INIT;

	if (rk_kdir_scan(root, &kdirs, NULL, err) < 0)
		return -(int)err->code;
	if (kdirs.n_items == 1)
		return rk_strdup(kdirs.items[0], ret, err);
	if (!kdirs.n_items) {
		rk_error_set(err, RK_ENOTFOUND, "root tree '%s' has no kernel headers",
			     root->name);
		return rk_error_cure(err, "headers-missing",
				     "make one that has: rkmod root create");
	}
	for (size_t i = 0; i < kdirs.n_items; i++)
		add_release(root, kdirs.items[i], &names);
	rk_error_set(err, RK_EREFUSED,
		     "root tree '%s' has the headers of %zu kernels: %s", root->name,
		     kdirs.n_items, rk_buf_str(&names));
	return rk_error_cure(err, "kernel-ambiguous", "name one with --kernel");
}

static int check_kdir(const struct rk_root *root, const char *kdir, char **ret,
		      struct rk_error *err)
{
	cleanup_free char *path = NULL;
	struct stat st;

	if (rk_path_absolute(kdir, &path, err) < 0)
		return -(int)err->code;
	if (rk_root_stat(root, path, &st, err) < 0)
		rk_error_prefix(err, "KDIR");
	else if (!S_ISDIR(st.st_mode))
		rk_error_set(err, RK_ENOTFOUND, "KDIR '%s' is no folder", path);
	else {
		*ret = RK_STEAL(path);
		return 0;
	}
	return rk_error_cure(
		err, "headers-missing",
		"install the kernel's headers, or name another kernel: rkmod "
		"kernels lists those that are here");
}

static int find_kdir(const struct rk_machine *machine, const struct rk_root *root,
		     const struct rk_kernel_request *request, char **ret,
		     struct rk_error *err)
{
	if (request->kdir)
		return check_kdir(root, request->kdir, ret, err);
	if (request->release)
		return find_by_release(root, request->release, ret, err);
	if (request->package)
		return rk_kdir_of_package(root, request->package, ret, err);
	if (!root->is_host)
		return find_only(root, ret, err);
	return find_by_release(root, machine->release, ret, err);
}

int rk_kernel_resolve(const struct rk_machine *machine, const struct rk_root *root,
		      const struct rk_kernel_request *request, struct rk_kernel **ret,
		      struct rk_error *err)
{
	cleanup(rk_kernel_free_p) struct rk_kernel *kernel = calloc(1, sizeof(*kernel));

	assert(!!request->kdir + !!request->release + !!request->package <= 1);
	if (!kernel)
		return rk_error_nomem(err);
	kernel->root = root;
	if (find_kdir(machine, root, request, &kernel->kdir, err) < 0 ||
	    rk_kdir_inspect(kernel, err) < 0 ||
	    rk_kernel_read_facts(machine, kernel, err) < 0)
		return -(int)err->code;
	if (request->release && strcmp(request->release, kernel->release) != 0)
		rk_log(RK_LOG_WARNING, "'%s' holds the headers of kernel '%s'",
		       kernel->kdir, kernel->release);
	rk_log(RK_LOG_DEBUG, "kernel %s: KDIR '%s'", kernel->release, kernel->kdir_real);
	*ret = RK_STEAL(kernel);
	return 0;
}

void rk_kernel_free(struct rk_kernel *kernel)
{
	if (!kernel)
		return;
	free(kernel->release);
	free(kernel->kdir);
	free(kernel->kdir_real);
	free(kernel->srctree);
	free(kernel->srcarch);
	rk_kconfig_free(kernel->config);
	rk_symvers_free(kernel->symvers);
	free(kernel->vermagic);
	free(kernel->rustc_text);
	free(kernel->cc_text);
	free(kernel->package);
	free(kernel->package_version);
	free(kernel->source_version);
	free(kernel->modules_dir);
	free(kernel->image);
	free(kernel);
}
