/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands that install packages. */
#include <string.h>

#include "lib/base/file.h"
#include "lib/root/distro.h"
#include "lib/root/record.h"

/* Each of the words as an option; headers of a kernel decide what the tree is for. */
static void add_includes(struct rk_buf *buf, const char *words, bool *has_kernel)
{
	while (*words) {
		size_t len = strcspn(words, " ");
		bool headers = strncmp(words, "linux-headers-", 14) == 0;

		if (len)
			rk_buf_addf(buf, " --%s %.*s",
				    headers ? "kernel-package" : "include", (int)len,
				    words);
		*has_kernel |= headers;
		words += len;
		words += *words == ' ';
	}
}

/*
 * What works in a tree that rkmod made: to make it again with more in it. Without its
 * record, which lies beside the tree, it is made as if nothing had been asked for.
 */
static int advice_for_made(const struct rk_root *root, const char *packages, char **ret,
			   struct rk_error *err)
{
	cleanup(rk_record_release) struct rk_record record = {0};
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	cleanup_free char *dir = NULL;
	struct rk_error ignored = RK_ERROR_INIT;
	const char *extra = NULL;
	bool has_kernel = false;

	rk_buf_addf(&buf, "rkmod root remove %s && rkmod root create %s", root->name,
		    root->name);
	add_includes(&buf, packages, &has_kernel);
	if (rk_path_join(root->path, "..", &dir, err) < 0)
		return -(int)err->code;
	if (rk_record_read(dir, &record, &ignored) < 0)
		return rk_buf_take(&buf, ret, err);
	extra = strstr(record.request, ", with ");
	if (extra)
		add_includes(&buf, extra + strlen(", with "), &has_kernel);
	if (!record.headers[0] && !has_kernel)
		rk_buf_adds(&buf, " --no-kernel");
	else if (!has_kernel && !strstr(record.request, "kernel package of the suite"))
		rk_buf_addf(&buf, " --kernel-package %s=%s", record.headers,
			    record.version);
	if (strcmp(record.suite, "stable") != 0)
		rk_buf_addf(&buf, " --suite %s", record.suite);
	return rk_buf_take(&buf, ret, err);
}

static const char *const install[RK_N_DISTROS] = {
	[RK_DISTRO_DEBIAN] = "apt install",  [RK_DISTRO_UBUNTU] = "apt install",
	[RK_DISTRO_FEDORA] = "dnf install",  [RK_DISTRO_ARCH] = "pacman -S",
	[RK_DISTRO_SUSE] = "zypper install",
};

static int advise(const struct rk_root *root, const struct rk_distro *distro,
		  const char *packages, char **ret, struct rk_error *err)
{
	if (!root->is_host && !strchr(root->name, '/'))
		return advice_for_made(root, packages, ret, err);
	if (distro->family == RK_DISTRO_OTHER)
		return rk_format(ret, err, "install what Debian calls '%s'", packages);
	if (root->is_host)
		return rk_format(ret, err, "%s %s", install[distro->family], packages);
	return rk_format(ret, err, "chroot '%s' %s %s", root->path,
			 install[distro->family], packages);
}

/* The machine's own where none is given. */
static int open_host(const struct rk_root **root, struct rk_root **own,
		     struct rk_error *err)
{
	static const struct rk_machine nothing;

	if (*root)
		return 0;
	if (rk_root_open(&nothing, NULL, own, err) < 0)
		return -(int)err->code;
	*root = *own;
	return 0;
}

int rk_package_advice(const struct rk_root *root, const char *packages, char **ret,
		      struct rk_error *err)
{
	cleanup(rk_root_free_p) struct rk_root *own = NULL;
	struct rk_distro distro;

	if (open_host(&root, &own, err) < 0)
		return -(int)err->code;
	distro = rk_distro_read(root);
	return advise(root, &distro, packages, ret, err);
}

int rk_distro_advice(const struct rk_root *root, const struct rk_need *needs,
		     size_t n_needs, char **ret, struct rk_error *err)
{
	cleanup(rk_root_free_p) struct rk_root *own = NULL;
	cleanup_buf struct rk_buf packages = RK_BUF_INIT;
	struct rk_distro distro;

	if (open_host(&root, &own, err) < 0)
		return -(int)err->code;
	distro = rk_distro_read(root);
	for (size_t i = 0; i < n_needs; i++) {
		cleanup_free char *name = NULL;

		if (rk_distro_package(root, &distro, &needs[i], &name, err) < 0)
			return -(int)err->code;
		if (name[0])
			rk_buf_addf(&packages, "%s%s", packages.len ? " " : "", name);
	}
	if (rk_buf_check(&packages, err) < 0)
		return -(int)err->code;
	if (!packages.len)
		return rk_error_set(err, RK_ENOTFOUND, "%s has no package of it",
				    distro.name[0] ? distro.name : "the distribution");
	return advise(root, &distro, packages.data, ret, err);
}

int rk_distro_cure(const struct rk_root *root, const struct rk_need *need, const char *id,
		   const char *fallback, struct rk_error *err)
{
	cleanup_free char *advice = NULL;
	struct rk_error ignored = RK_ERROR_INIT;

	if (rk_distro_advice(root, need, 1, &advice, &ignored) < 0)
		return rk_error_cure(err, id, "%s", fallback);
	return rk_error_cure(err, id, "%s", advice);
}
