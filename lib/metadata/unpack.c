/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/archive.h"
#include "lib/base/log.h"
#include "lib/metadata/source.h"

/* Whole folders that `make prepare` works in, as a first component. */
static const char *const whole_dirs[] = {
	"certs", "include", "init", "kernel", "rust", "scripts", "security", "usr",
};

/* Folders whose headers nothing outside of them includes. */
static const char *const private_dirs[] = {"Documentation", "arch", "samples", "sound"};

static bool is_one_of(const char *name, size_t len, const char *const *names,
		      size_t n_names)
{
	for (size_t i = 0; i < n_names; i++)
		if (strlen(names[i]) == len && memcmp(name, names[i], len) == 0)
			return true;
	return false;
}

static bool is_dir(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return strncmp(path, dir, len) == 0 && path[len] == '/';
}

static size_t count_slashes(const char *path)
{
	size_t n = 0;

	for (; *path; path++)
		n += *path == '/';
	return n;
}

/* @path is below "arch/". The headers of all: KDIR's are compared with them. */
static bool is_needed_of_arch(const char *path, const char *srcarch)
{
	const char *rest = strchr(path, '/');

	return is_dir(path, srcarch) || (rest && is_dir(rest + 1, "include"));
}

bool rk_source_is_needed(const char *path, const char *srcarch)
{
	const char *slash = strchr(path, '/');
	const char *base = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	size_t path_len = strlen(path);

	/* Kconfig reads the Kconfig files of every folder and architecture. */
	if (!slash || strncmp(base + 1, "Kconfig", 7) == 0)
		return true;
	if (is_dir(path, "arch") && is_needed_of_arch(slash + 1, srcarch))
		return true;
	if (is_dir(path, "tools")) /* these two are the bulk of it */
		return !is_dir(slash + 1, "perf") && !is_dir(slash + 1, "testing");
	if (is_one_of(path, len, whole_dirs, RK_ARRAY_LEN(whole_dirs)))
		return true;
	if (path_len < 2 || strcmp(path + path_len - 2, ".h") != 0 ||
	    is_one_of(path, len, private_dirs, RK_ARRAY_LEN(private_dirs)))
		return false;
	/* rust/bindings includes headers of drivers/base and the like; deep ones belong
	 * to one driver, and are 500 MB. */
	return !is_dir(path, "drivers") || count_slashes(path) <= 3;
}

struct unpacking {
	const struct rk_kernel *kernel;
	bool whole;
	uint64_t size; /* of the archive in bytes */
};

/* Drops the top folder, whatever its name. */
static bool pick(void *data, const struct rk_archive_entry *entry, const char **ret_path)
{
	const struct unpacking *unpacking = data;
	const char *path = strchr(entry->path, '/');

	if (!path || !path[1])
		return false;
	*ret_path = path + 1;
	/* A folder is made when its first file comes. */
	if (S_ISDIR(entry->mode))
		return unpacking->whole;
	return unpacking->whole ||
	       rk_source_is_needed(*ret_path, unpacking->kernel->srcarch);
}

static bool report(void *data, uint64_t bytes_read)
{
	const struct unpacking *unpacking = data;

	rk_log_progress(unpacking->size ? (int)(bytes_read * 100 / unpacking->size) : -1,
			-1, "unpacking the source");
	return rk_spawn_interrupted() == 0;
}

int rk_source_unpack(const struct rk_source *source, const struct rk_kernel *kernel,
		     const char *dir, bool whole, struct rk_error *err)
{
	struct unpacking unpacking = {.kernel = kernel, .whole = whole};
	cleanup_close int fd = -1;
	struct stat st;
	struct rk_archive_unpack request = {
		.dir = dir, .pick = pick, .progress = report, .data = &unpacking};

	if (rk_source_open(source, kernel, &fd, err) < 0)
		return -(int)err->code;
	if (fstat(fd, &st) == 0 && st.st_size > 0)
		unpacking.size = (uint64_t)st.st_size;
	request.fd = fd;
	if (rk_archive_unpack(&request, err) < 0)
		return rk_error_prefix(err, "unpack '%s'", source->path);
	return 0;
}
