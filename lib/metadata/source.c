/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/metadata/source.h"
#include "lib/root/distro.h"
#include "lib/root/package.h"

enum {
	MAKEFILE_LIMIT = 1 << 20,
};

void rk_source_release(struct rk_source *source)
{
	free(source->path);
	free(source->version);
	memset(source, 0, sizeof(*source));
}

/* ---- versions ---- */

/* The value of "NAME = value" at the start of a line; length 0 if there is none. */
static const char *find_value(const char *makefile, const char *name, size_t *ret_len)
{
	size_t len = strlen(name);

	for (const char *line = makefile; line;) {
		const char *next = strchr(line, '\n');

		if (strncmp(line, name, len) == 0) {
			const char *value = line + len + strspn(line + len, " \t");

			if (*value == '=') {
				value++;
				value += strspn(value, " \t");
				*ret_len = strcspn(value, " \t\r\n");
				return value;
			}
		}
		line = next ? next + 1 : NULL;
	}
	*ret_len = 0;
	return "";
}

int rk_source_makefile_version(const char *makefile, char **ret, struct rk_error *err)
{
	static const char *const names[] = {"VERSION", "PATCHLEVEL", "SUBLEVEL",
					    "EXTRAVERSION"};
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;

	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++) {
		bool is_number = i < 3;
		size_t len;
		const char *value = find_value(makefile, names[i], &len);

		if (is_number && (len == 0 || strspn(value, "0123456789") < len))
			return rk_error_set(err, RK_EFORMAT,
					    "no '%s = <number>' in a kernel's makefile",
					    names[i]);
		rk_buf_adds(&buf, is_number && i ? "." : "");
		rk_buf_add(&buf, value, len);
	}
	return rk_buf_take(&buf, ret, err);
}

static int kernel_version(const struct rk_kernel *kernel, char **ret,
			  struct rk_error *err)
{
	cleanup_buf struct rk_buf makefile = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	int r = rk_path_join(kernel->srctree, "Makefile", &path, err);

	if (r == 0)
		r = rk_root_read(kernel->root, path, MAKEFILE_LIMIT, &makefile, err);
	if (r < 0)
		return r;
	r = rk_source_makefile_version(rk_buf_str(&makefile), ret, err);
	if (r < 0)
		rk_error_prefix(err, "'%s'", path);
	return r;
}

/* "7.2" of "7.2.11": Debian's source packages are named after it. */
static size_t series_len(const char *version)
{
	size_t len = strcspn(version, ".");

	return version[len] ? len + 1 + strcspn(version + len + 1, ".-") : len;
}

/* The failure's cure: the command that installs the source of just this version. */
static int cure(const struct rk_kernel *kernel, const char *id, struct rk_error *err)
{
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_free char *version = NULL;
	cleanup_free char *advice = NULL;
	struct rk_need need = {RK_NEED_SOURCE, kernel->source_version};

	if (kernel_version(kernel, &version, &ignored) < 0)
		return rk_error_cure(err, id, "give the source of %s with --source",
				     kernel->source_version);
	if (!*kernel->package)
		need.arg = version;
	if (rk_distro_advice(kernel->root, &need, 1, &advice, &ignored) < 0)
		return rk_error_cure(err, id, "give the source of %s with --source",
				     kernel->source_version);
	return rk_error_cure(err, id, "%s, or give its source with --source", advice);
}

int rk_source_check_version(const struct rk_source *source,
			    const struct rk_kernel *kernel, const char *dir,
			    struct rk_error *err)
{
	cleanup_buf struct rk_buf makefile = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	cleanup_free char *wanted = NULL;
	cleanup_free char *got = NULL;

	if (kernel_version(kernel, &wanted, err) < 0 ||
	    rk_path_join(dir, "Makefile", &path, err) < 0)
		return -(int)err->code;
	if (rk_file_read(path, MAKEFILE_LIMIT, &makefile, err) < 0 ||
	    rk_source_makefile_version(rk_buf_str(&makefile), &got, err) < 0) {
		rk_error_set(err, RK_EFORMAT,
			     "'%s' is no kernel source: it has no top makefile",
			     source->path);
		return cure(kernel, "source-version", err);
	}
	if (strcmp(wanted, got) == 0)
		return 0;
	rk_error_set(err, RK_EREFUSED,
		     "the source '%s' is of version %s, the headers of %s are of %s",
		     source->path, got, kernel->release, wanted);
	return cure(kernel, "source-version", err);
}

/* ---- where it is ---- */

/* Names of archives that distributions install, by version and series. */
static int candidates(const char *version, struct rk_strv *ret, struct rk_error *err)
{
	static const char *const ends[] = {"xz", "zst", "bz2", "gz"};
	size_t series = series_len(version);

	for (size_t i = 0; i < RK_ARRAY_LEN(ends); i++) {
		rk_strv_addf(ret, "/usr/src/linux-source-%.*s.tar.%s", (int)series,
			     version, ends[i]);
		rk_strv_addf(ret, "/usr/src/linux-source-%s.tar.%s", version, ends[i]);
	}
	return rk_strv_check(ret, err);
}

static int find_installed(const struct rk_kernel *kernel, char **ret,
			  struct rk_error *err)
{
	cleanup_strv struct rk_strv paths = RK_STRV_INIT;
	cleanup_free char *version = NULL;

	if (kernel_version(kernel, &version, err) < 0 ||
	    candidates(version, &paths, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < paths.n_items; i++)
		if (rk_root_exists(kernel->root, paths.items[i]))
			return rk_strdup(paths.items[i], ret, err);
	rk_error_set(
		err, RK_ENOTFOUND,
		"the source of %s, of which its Rust metadata is made, is not here: no '%s'",
		kernel->release, paths.items[0]);
	return cure(kernel, "source-missing", err);
}

static int find_given(const struct rk_kernel *kernel, const char *given,
		      struct rk_source *source, struct rk_error *err)
{
	cleanup_free char *path = NULL;
	struct stat st;

	if (rk_path_absolute(given, &path, err) < 0)
		return -(int)err->code;
	if (rk_root_stat(kernel->root, path, &st, err) < 0) {
		source->on_host = !kernel->root->is_host && stat(path, &st) == 0;
		if (!source->on_host)
			return rk_error_cure(
				err, "source-missing",
				"--source takes the path of a tree or an archive");
	}
	source->is_tree = S_ISDIR(st.st_mode);
	source->path = RK_STEAL(path);
	return 0;
}

/* The package's own version tells more than the makefile: a rebuild, a patch. */
static int check_package(const struct rk_kernel *kernel, struct rk_source *source,
			 struct rk_error *err)
{
	struct rk_package owner = {.name = NULL};
	int r = source->on_host
			? -RK_ENOTFOUND
			: rk_package_owner(kernel->root, source->path, &owner, err);

	if (r == -RK_ENOTFOUND)
		return rk_strdup("", &source->version, err);
	if (r < 0)
		return r;
	r = rk_strdup(owner.source_version, &source->version, err);
	if (r == 0 && *kernel->package &&
	    strcmp(source->version, kernel->source_version) != 0) {
		rk_error_set(
			err, RK_EREFUSED,
			"the source package %s is of version %s, the headers package %s of %s",
			owner.name, source->version, kernel->package,
			kernel->source_version);
		r = cure(kernel, "source-version", err);
	}
	rk_package_release(&owner);
	return r;
}

int rk_source_open(const struct rk_source *source, const struct rk_kernel *kernel,
		   int *ret_fd, struct rk_error *err)
{
	if (!source->on_host)
		return rk_root_open_file(kernel->root, source->path, O_RDONLY, ret_fd,
					 err);
	*ret_fd = open(source->path, O_RDONLY | O_CLOEXEC);
	return *ret_fd < 0 ? rk_error_sys(err, errno, "'%s'", source->path) : 0;
}

int rk_source_find(const struct rk_kernel *kernel, const char *given,
		   struct rk_source *source, struct rk_error *err)
{
	struct rk_source found = {.path = NULL};
	int r;

	r = given ? find_given(kernel, given, &found, err)
		  : find_installed(kernel, &found.path, err);
	if (r == 0)
		r = check_package(kernel, &found, err);
	if (r < 0) {
		rk_source_release(&found);
		return r;
	}
	rk_log(RK_LOG_DEBUG, "kernel source: '%s', package version '%s'", found.path,
	       found.version);
	*source = found;
	return 0;
}
