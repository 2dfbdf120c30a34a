/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/base/log.h"
#include "lib/kernel/internal.h"
#include "lib/root/distro.h"

enum { MAX_CHAIN = 16 }; /* packages that are looked at on the way */

static const char marker[] = "/include/config/kernel.release";

/* The KDIR among the files of an installed package, or NULL. */
static int find_in_files(const struct rk_root *root, const char *name, char **ret,
			 struct rk_error *err)
{
	cleanup_strv struct rk_strv files = RK_STRV_INIT;

	if (rk_package_files(root, name, &files, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < files.n_items; i++) {
		size_t len = strlen(files.items[i]);

		if (len <= strlen(marker) ||
		    strcmp(files.items[i] + len - strlen(marker), marker) != 0)
			continue;
		files.items[i][len - strlen(marker)] = '\0';
		return rk_strdup(files.items[i], ret, err);
	}
	return 0;
}

/* Headers packages in a Depends field: "linux-headers-x (= 1), y | linux-headers-z". */
static void headers_in_depends(const char *depends, struct rk_strv *ret)
{
	static const char prefix[] = "linux-headers-";

	while (*depends) {
		size_t len;

		depends += strspn(depends, " ,|\n\t");
		len = strcspn(depends, " ,|\n\t:(");
		if (strncmp(depends, prefix, strlen(prefix)) == 0)
			rk_strv_addf(ret, "%.*s", (int)len, depends);
		depends += strcspn(depends, ",|");
	}
}

static int fail_missing(const struct rk_root *root, const char *name,
			struct rk_error *err)
{
	cleanup_free char *advice = NULL;
	struct rk_error ignored = RK_ERROR_INIT;

	rk_error_set(err, RK_ENOTFOUND, "package '%s' is not installed%s%s%s", name,
		     root->is_host ? "" : " in root tree '", root->name,
		     root->is_host ? "" : "'");
	if (rk_package_advice(root, name, &advice, &ignored) < 0)
		return rk_error_cure(err, "package-missing", "install it");
	return rk_error_cure(err, "package-missing", "%s", advice);
}

/* One package of the chain: its KDIR, or the headers packages that it needs. */
static int look_at(const struct rk_root *root, const char *name, struct rk_strv *chain,
		   char **ret, struct rk_error *err)
{
	cleanup(rk_package_release) struct rk_package package = {0};
	cleanup_strv struct rk_strv headers = RK_STRV_INIT;

	if (rk_package_find(root, name, &package, err) < 0 ||
	    find_in_files(root, name, ret, err) < 0)
		return -(int)err->code;
	headers_in_depends(package.depends, &headers);
	for (size_t i = 0; i < headers.n_items; i++)
		if (!rk_strv_contains(chain, headers.items[i]))
			rk_strv_add(chain, headers.items[i]);
	return rk_strv_check(&headers, err) < 0 ? -(int)err->code
						: rk_strv_check(chain, err);
}

int rk_kdir_of_package(const struct rk_root *root, const char *name, char **ret,
		       struct rk_error *err)
{
	cleanup_strv struct rk_strv chain = RK_STRV_INIT;
	const char *missing = NULL;
	char *kdir = NULL;

	rk_strv_add(&chain, name);
	for (size_t i = 0; i < chain.n_items && i < MAX_CHAIN; i++) {
		struct rk_error failed = RK_ERROR_INIT;

		if (look_at(root, chain.items[i], &chain, &kdir, &failed) == 0) {
			if (!kdir)
				continue;
			rk_log(RK_LOG_DEBUG, "package '%s' has KDIR '%s'", chain.items[i],
			       kdir);
			*ret = kdir;
			return 0;
		}
		if (failed.code != RK_ENOTFOUND) {
			*err = failed;
			return -(int)err->code;
		}
		missing = missing ? missing : chain.items[i];
	}
	if (missing)
		return fail_missing(root, missing, err);
	rk_error_set(err, RK_ENOTFOUND,
		     "package '%s' holds no KDIR and needs no package that does", name);
	return rk_error_cure(err, "headers-missing",
			     "name a headers package: rkmod kernels lists what is here");
}
