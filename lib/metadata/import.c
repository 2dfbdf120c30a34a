/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/base/archive.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/metadata/label.h"

/*
 * An archive that somebody else has made. Nothing of it is believed before it lies in a
 * temporary folder and was compared with the kernel that is here; what is no metadata
 * ends the unpacking at once.
 */
enum {
	MAX_TOTAL = 1 << 30, /* bytes; real sets have 180 MB */
};

struct importing {
	const struct rk_kernel *kernel;
	struct rk_set set;
	char *temp;
	char *stage;
	uint64_t total;
	size_t n_files;
	bool stop;
	struct rk_error *err; /* why it was stopped */
};

static void importing_release(struct importing *importing)
{
	rk_set_release(&importing->set);
	free(importing->temp);
	free(importing->stage);
}

static bool stop(struct importing *importing, const char *path, const char *why)
{
	rk_error_set(importing->err, RK_EFORMAT, "its entry '%s' %s", path, why);
	importing->stop = true;
	return false;
}

/* Below the one top folder, and only what a set has. */
static bool pick(void *data, const struct rk_archive_entry *entry, const char **ret_path)
{
	struct importing *importing = data;
	const char *slash = strchr(entry->path, '/');

	if (S_ISDIR(entry->mode))
		return false; /* made as files need them */
	if (!slash || !rk_label_allows(slash + 1))
		return stop(importing, entry->path, "is no Rust metadata");
	if (!S_ISREG(entry->mode))
		return stop(importing, entry->path, "is no file");
	if (entry->size > MAX_TOTAL || importing->total + entry->size > MAX_TOTAL)
		return stop(importing, entry->path, "is too large");
	if (++importing->n_files > RK_RECORD_MAX_FILES)
		return stop(importing, entry->path, "is one file too many");
	importing->total += entry->size;
	*ret_path = slash + 1;
	return true;
}

static int unpack(struct importing *importing, const char *path, struct rk_error *err)
{
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	const struct rk_archive_unpack request = {.fd = fd,
						  .dir = importing->stage,
						  .pick = pick,
						  .data = importing,
						  .stop = &importing->stop};
	struct rk_error why = RK_ERROR_INIT;

	if (fd < 0)
		return rk_error_sys(err, errno, "open");
	importing->err = &why;
	if (rk_archive_unpack(&request, err) == 0)
		return 0;
	if (importing->stop)
		*err = why;
	return rk_error_cure(err, "metadata-import",
			     "give an archive that rkmod prepare --export wrote");
}

/* The cache is its maker's own: modes of the archive do not count. */
static int close_to_others(const char *stage, const struct rk_record *record,
			   struct rk_error *err)
{
	for (size_t i = 0; i < record->n_files; i++) {
		cleanup_free char *path = NULL;

		if (rk_path_join(stage, record->files[i].path, &path, err) < 0)
			return -(int)err->code;
		if (chmod(path, 0644) < 0)
			return rk_error_sys(err, errno, "'%s'", path);
	}
	return 0;
}

static int store(struct importing *importing, struct rk_error *err)
{
	cleanup(rk_record_free_p) struct rk_record *record = NULL;
	cleanup_free char *label = NULL;

	if (rk_label_believe(importing->kernel, importing->set.key, importing->stage,
			     &record, err) < 0 ||
	    close_to_others(importing->stage, record, err) < 0 ||
	    rk_path_join(importing->stage, rk_label_name, &label, err) < 0)
		return -(int)err->code;
	if (unlink(label) < 0)
		return rk_error_sys(err, errno, "'%s'", label);
	return rk_set_store(&importing->set, importing->stage, record->rustc_text,
			    record->n_exports, err);
}

static int import(struct importing *importing, const char *path, struct rk_error *err)
{
	if (rk_dir_make_temp(importing->set.dir, &importing->temp, err) < 0 ||
	    rk_path_join(importing->temp, "set", &importing->stage, err) < 0 ||
	    rk_dir_make(importing->stage, 0700, err) < 0)
		return -(int)err->code;
	if (strlen(path) > 4 && strcmp(path + strlen(path) - 4, ".deb") == 0) {
		rk_error_set(err, RK_EREFUSED, "it is a package");
		rk_error_cure(err, "metadata-import",
			      "install it: dpkg --install; or give the .tar.xz");
		return rk_error_prefix(err, "'%s'", path);
	}
	rk_log(RK_LOG_STEP, "unpacking '%s'", rk_path_base(path));
	if (unpack(importing, path, err) < 0 || store(importing, err) < 0)
		return rk_error_prefix(err, "'%s'", path);
	return 0;
}

int rk_metadata_import(const struct rk_machine *machine, const struct rk_kernel *kernel,
		       const char *path, struct rk_metadata **ret, struct rk_error *err)
{
	cleanup(importing_release) struct importing importing = {.kernel = kernel};
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_close int lock = -1;
	mode_t mask;
	int r;

	if (rk_set_locate(machine, kernel, &importing.set, err) < 0 ||
	    rk_file_lock(importing.set.lock, NULL, NULL, &lock, err) < 0)
		return -(int)err->code;
	mask = umask(022);
	r = import(&importing, path, err);
	umask(mask);
	if (importing.temp && rk_dir_remove(importing.temp, &ignored) < 0)
		rk_log(RK_LOG_WARNING, "%s", ignored.msg);
	return r < 0 ? r : rk_set_load(&importing.set, ret, err);
}
