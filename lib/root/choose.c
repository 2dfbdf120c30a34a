/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/root/choose.h"
#include "lib/root/dpkg.h"
#include "lib/root/package.h"

static const char headers_prefix[] = "linux-headers-";

/* What it takes to make metadata and modules; a suite that lacks one goes without. */
static const char *const tools[] = {
	"bc",       "bindgen", "bison",   "busybox-static",  "cpio",
	"flex",     "gcc",     "kmod",    "libelf-dev",      "libssl-dev",
	"make",     "openssl", "pahole",  "rsync",           "rust-clippy",
	"rust-src", "rustc",   "rustfmt", "python3-minimal", "xz-utils",
};

void rk_choice_release(struct rk_choice *choice)
{
	free(choice->headers);
	free(choice->version);
	free(choice->release);
	free(choice->source);
	free(choice->image);
	free(choice->modules);
	rk_strv_release(&choice->wanted);
	memset(choice, 0, sizeof(*choice));
}

/* ---- asking ---- */

/*
 * A package of the archive, at @version or, with NULL, the newest. @others gets the
 * versions that did not fit, or is NULL. Return: 0, -RK_ENOTFOUND (silent), -code.
 */
static int find(const struct rk_apt *apt, const char *name, const char *version,
		struct rk_package *ret, struct rk_buf *others, struct rk_error *err)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	struct rk_dpkg_span paragraph;
	struct rk_dpkg_iter iter;

	rk_strv_add(&names, name);
	if (rk_strv_check(&names, err) < 0 || rk_apt_show(apt, &names, &text, err) < 0)
		return -(int)err->code;
	iter = (struct rk_dpkg_iter){.next = rk_buf_str(&text),
				     .end = rk_buf_str(&text) + text.len};
	while (rk_dpkg_next(&iter, &paragraph)) {
		struct rk_package package = {0};
		struct rk_error ignored = RK_ERROR_INIT;

		if (rk_dpkg_package(&paragraph, &package, &ignored) < 0)
			continue;
		if (strcmp(package.name, name) == 0 &&
		    (!version || strcmp(package.version, version) == 0)) {
			*ret = package;
			return 0;
		}
		if (others)
			rk_buf_addf(others, "%s%s", others->len ? ", " : "",
				    package.version);
		rk_package_release(&package);
	}
	return rk_error_set(err, RK_ENOTFOUND, "the archive has no package '%s'%s%s",
			    name, version ? " at version " : "", version ? version : "");
}

static bool exists(const struct rk_apt *apt, const char *name, const char *version)
{
	struct rk_package package = {0};
	struct rk_error ignored = RK_ERROR_INIT;
	bool found = find(apt, name, version, &package, NULL, &ignored) == 0;

	rk_package_release(&package);
	return found;
}

/* ---- the kernel ---- */

static bool is_real_headers(const char *name, size_t len)
{
	size_t prefix = strlen(headers_prefix);

	return len > prefix && strncmp(name, headers_prefix, prefix) == 0 &&
	       isdigit((unsigned char)name[prefix]);
}

int rk_choose_real(const char *depends, char **ret_name, char **ret_version,
		   struct rk_error *err)
{
	while (*depends) {
		const char *item = depends + strspn(depends, " \t\n,");
		size_t len = strcspn(item, ",");
		size_t name_len = strcspn(item, " \t\n(,");
		const char *version = memmem(item, len, "(= ", 3);
		cleanup_free char *name = NULL;

		if (version && is_real_headers(item, name_len) &&
		    rk_dpkg_is_name(item, name_len)) {
			version += 3;
			if (rk_format(&name, err, "%.*s", (int)name_len, item) < 0 ||
			    rk_format(ret_version, err, "%.*s",
				      (int)strcspn(version, ") \t\n,"), version) < 0)
				return -(int)err->code;
			*ret_name = RK_STEAL(name);
			return 0;
		}
		depends = item + len;
	}
	return rk_error_set(err, RK_ENOTFOUND,
			    "it depends on no linux-headers package of one version");
}

static int no_such_package(struct rk_error *err)
{
	return rk_error_cure(
		err, "root-package",
		"name another with --kernel-package, or another --suite; backports keep several releases, and old ones go");
}

/* "NAME" or "NAME=VERSION", checked, as two strings; *ret_version NULL if none. */
static int split_spec(const char *spec, char **ret_name, char **ret_version,
		      struct rk_error *err)
{
	size_t len = strcspn(spec, "=");

	if (!rk_dpkg_is_name(spec, len) || strcmp(spec + len, "=") == 0)
		return rk_error_set(err, RK_EFORMAT, "'%s' cannot be a package", spec);
	for (const char *c = spec + len; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("=.+~:-", *c))
			return rk_error_set(err, RK_EFORMAT,
					    "'%s' cannot be a package and its version",
					    spec);
	if (rk_format(ret_name, err, "%.*s", (int)len, spec) < 0)
		return -(int)err->code;
	return spec[len] ? rk_strdup(spec + len + 1, ret_version, err) : 0;
}

/* Follows meta-packages to the real one: name and version into @choice. */
static int choose_headers(const struct rk_apt *apt, const char *spec,
			  struct rk_choice *choice, struct rk_error *err)
{
	cleanup(rk_package_release) struct rk_package package = {0};

	if (split_spec(spec, &choice->headers, &choice->version, err) < 0)
		return -(int)err->code;
	if (find(apt, choice->headers, choice->version, &package, NULL, err) < 0)
		return err->code == RK_ENOTFOUND ? no_such_package(err) : -(int)err->code;
	free(choice->version);
	choice->version = RK_STEAL(package.version);
	if (is_real_headers(choice->headers, strlen(choice->headers)))
		return 0;
	free(choice->headers);
	free(choice->version);
	choice->headers = NULL;
	choice->version = NULL;
	if (rk_choose_real(package.depends ? package.depends : "", &choice->headers,
			   &choice->version, err) == 0)
		return 0;
	rk_error_prefix(err, "package '%s'", spec);
	return no_such_package(err);
}

static int choose_default(const struct rk_apt *apt, const char *arch,
			  struct rk_choice *choice, struct rk_error *err)
{
	cleanup_free char *cloud = NULL;
	cleanup_free char *generic = NULL;

	if (rk_format(&cloud, err, "linux-headers-cloud-%s", arch) < 0 ||
	    rk_format(&generic, err, "linux-headers-%s", arch) < 0)
		return -(int)err->code;
	return choose_headers(apt, exists(apt, cloud, NULL) ? cloud : generic, choice,
			      err);
}

/* "linux-source-7.2" of "7.2.11+deb13-cloud-amd64", at the headers' version. */
static int choose_source(const struct rk_apt *apt, struct rk_choice *choice,
			 struct rk_error *err)
{
	cleanup(rk_package_release) struct rk_package package = {0};
	cleanup_buf struct rk_buf others = RK_BUF_INIT;
	size_t len = strspn(choice->release, "0123456789");

	if (choice->release[len] == '.')
		len += 1 + strspn(choice->release + len + 1, "0123456789");
	if (rk_format(&choice->source, err, "linux-source-%.*s", (int)len,
		      choice->release) < 0)
		return -(int)err->code;
	if (find(apt, choice->source, choice->version, &package, &others, err) == 0)
		return 0;
	if (err->code != RK_ENOTFOUND)
		return -(int)err->code;
	if (others.len && !others.failed)
		rk_error_set(
			err, RK_ENOTFOUND,
			"the archive has no package '%s' at version %s, which '%s' has (there: %s)",
			choice->source, choice->version, choice->headers, others.data);
	return no_such_package(err);
}

static int choose_image(const struct rk_apt *apt, struct rk_choice *choice,
			struct rk_error *err)
{
	if (rk_format(&choice->image, err, "linux-binary-%s", choice->release) < 0 ||
	    rk_format(&choice->modules, err, "linux-modules-%s", choice->release) < 0)
		return -(int)err->code;
	if (!exists(apt, choice->modules, choice->version)) {
		free(choice->modules);
		choice->modules = NULL;
	}
	if (exists(apt, choice->image, choice->version))
		return 0;
	free(choice->image);
	choice->image = NULL;
	return rk_format(&choice->image, err, "linux-image-%s", choice->release);
}

static int choose_kernel(const struct rk_apt *apt, const struct rk_root_create *create,
			 const char *arch, struct rk_choice *choice, struct rk_error *err)
{
	int r = create->kernel_package
			? choose_headers(apt, create->kernel_package, choice, err)
			: choose_default(apt, arch, choice, err);

	if (r < 0)
		return r;
	if (rk_strdup(choice->headers + strlen(headers_prefix), &choice->release, err) <
		    0 ||
	    choose_source(apt, choice, err) < 0 || choose_image(apt, choice, err) < 0)
		return -(int)err->code;
	rk_strv_addf(&choice->wanted, "%s=%s", choice->headers, choice->version);
	rk_strv_addf(&choice->wanted, "%s=%s", choice->source, choice->version);
	rk_strv_addf(&choice->wanted, "%s=%s", choice->image, choice->version);
	if (choice->modules)
		rk_strv_addf(&choice->wanted, "%s=%s", choice->modules, choice->version);
	return 0;
}

/* ---- the rest ---- */

static bool is_in(const struct rk_buf *shown, const char *name)
{
	struct rk_dpkg_iter iter = {.next = rk_buf_str(shown),
				    .end = rk_buf_str(shown) + shown->len};
	struct rk_dpkg_span paragraph;
	struct rk_dpkg_span field;

	while (rk_dpkg_next(&iter, &paragraph))
		if (rk_dpkg_field(&paragraph, "Package", &field) &&
		    field.len == strlen(name) && memcmp(field.text, name, field.len) == 0)
			return true;
	return false;
}

static int choose_tools(const struct rk_apt *apt, struct rk_choice *choice,
			struct rk_error *err)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;
	cleanup_buf struct rk_buf shown = RK_BUF_INIT;

	for (size_t i = 0; i < RK_ARRAY_LEN(tools); i++)
		rk_strv_add(&names, tools[i]);
	if (rk_strv_check(&names, err) < 0 || rk_apt_show(apt, &names, &shown, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < RK_ARRAY_LEN(tools); i++) {
		if (rk_strv_contains(&choice->wanted, tools[i]))
			continue;
		if (is_in(&shown, tools[i]))
			rk_strv_add(&choice->wanted, tools[i]);
		else
			rk_log(RK_LOG_DEBUG, "the archive has no package '%s'", tools[i]);
	}
	return 0;
}

static void choose_extra(const struct rk_strv *extra, struct rk_choice *choice)
{
	for (size_t i = 0; extra && i < extra->n_items; i++)
		if (!rk_strv_contains(&choice->wanted, extra->items[i]))
			rk_strv_add(&choice->wanted, extra->items[i]);
}

static int check_spec(const char *spec, struct rk_error *err)
{
	cleanup_free char *name = NULL;
	cleanup_free char *version = NULL;

	return split_spec(spec, &name, &version, err);
}

int rk_choose_check(const struct rk_root_create *create, struct rk_error *err)
{
	const struct rk_strv *extra = create->extra_packages;

	if (create->kernel_package && check_spec(create->kernel_package, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; extra && i < extra->n_items; i++)
		if (check_spec(extra->items[i], err) < 0)
			return -(int)err->code;
	return 0;
}

int rk_choose(const struct rk_apt *apt, const struct rk_root_create *create,
	      const char *arch, struct rk_choice *ret, struct rk_error *err)
{
	struct rk_choice choice = {0};

	choose_extra(create->extra_packages, &choice);
	if ((!create->no_kernel && (choose_kernel(apt, create, arch, &choice, err) < 0 ||
				    choose_tools(apt, &choice, err) < 0)) ||
	    rk_strv_check(&choice.wanted, err) < 0) {
		rk_choice_release(&choice);
		return -(int)err->code;
	}
	*ret = choice;
	return 0;
}
