/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/metadata/check.h"
#include "lib/metadata/kbuild.h"
#include "lib/metadata/needs.h"
#include "lib/metadata/set.h"
#include "lib/metadata/sources.h"

/*
 * A set is made in a temporary folder beside its place: source, objtree and the set that
 * grows. It counts from the one rename on; whatever ends this process earlier leaves
 * only temporary folders, which the next run removes.
 */
struct making {
	const struct rk_machine *machine;
	const struct rk_kernel *kernel;
	const struct rk_toolchain *toolchain;
	const struct rk_metadata_make *request;
	struct rk_set set;
	struct rk_source source;
	char *temp;
	char *source_dir; /* below temp; a given tree's own folder */
	char *objtree;
	char *stage; /* becomes the set */
	size_t n_exports;
};

static void making_release(struct making *making)
{
	rk_set_release(&making->set);
	rk_source_release(&making->source);
	free(making->temp);
	free(making->source_dir);
	free(making->objtree);
	free(making->stage);
}

/* ---- leftovers of runs that were killed ---- */

static bool is_locked(const char *path)
{
	cleanup_close int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0;
}

/* "KEY.tmp-XXXXXX", of which nobody holds KEY's lock; ours we hold ourselves. */
static bool is_leftover(const struct rk_set *set, const char *name)
{
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_free char *lock = NULL;
	const char *mark = strstr(name, ".tmp-");

	if (!mark || mark - name != RK_SHA256_HEX_SIZE - 1)
		return false;
	if (strncmp(name, set->key, RK_SHA256_HEX_SIZE - 1) == 0)
		return true;
	return rk_format(&lock, &ignored, "%s/%.*s.lock", set->parent, (int)(mark - name),
			 name) == 0 &&
	       !is_locked(lock);
}

static void remove_leftovers(const struct rk_set *set)
{
	cleanup_closedir DIR *dir = opendir(set->parent);
	struct rk_error err = RK_ERROR_INIT;
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		cleanup_free char *path = NULL;

		if (!is_leftover(set, entry->d_name) ||
		    rk_path_join(set->parent, entry->d_name, &path, &err) < 0)
			continue;
		rk_log(RK_LOG_DEBUG, "remove what an interrupted run left: '%s'", path);
		if (rk_dir_remove(path, &err) < 0)
			rk_log(RK_LOG_WARNING, "%s", err.msg);
	}
}

/* ---- source and configuration ---- */

static int make_folders(struct making *making, struct rk_error *err)
{
	if (rk_dir_make_temp(making->set.dir, &making->temp, err) < 0 ||
	    rk_path_join(making->temp, "out", &making->objtree, err) < 0 ||
	    rk_path_join(making->temp, "set", &making->stage, err) < 0 ||
	    rk_dir_make(making->objtree, 0700, err) < 0 ||
	    rk_dir_make(making->stage, 0700, err) < 0)
		return -(int)err->code;
	if (making->source.is_tree && making->source.on_host)
		return rk_strdup(making->source.path, &making->source_dir, err);
	if (making->source.is_tree)
		return rk_root_host_path(making->kernel->root, making->source.path,
					 &making->source_dir, err);
	if (rk_path_join(making->temp, "src", &making->source_dir, err) < 0)
		return -(int)err->code;
	return rk_dir_make(making->source_dir, 0700, err);
}

/* Kbuild refuses O= with a tree in which something was built. */
static int check_clean(const struct making *making, struct rk_error *err)
{
	static const char *const traces[] = {".config", "include/config",
					     "include/generated"};

	for (size_t i = 0; i < RK_ARRAY_LEN(traces); i++) {
		cleanup_free char *path = NULL;

		if (rk_path_join(making->source_dir, traces[i], &path, err) < 0)
			return -(int)err->code;
		if (access(path, F_OK) < 0)
			continue;
		rk_error_set(err, RK_EREFUSED,
			     "in the source '%s' something was built: it has '%s'",
			     making->source.path, traces[i]);
		return rk_error_cure(err, "prepare-failed",
				     "run make mrproper there, or give the archive");
	}
	return 0;
}

static int get_source(const struct making *making, bool whole, struct rk_error *err)
{
	if (making->source.is_tree)
		return check_clean(making, err);
	rk_log(RK_LOG_STEP, "unpacking '%s'", making->source.path);
	return rk_source_unpack(&making->source, making->kernel, making->source_dir,
				whole, err);
}

static int write_config(const struct making *making, const struct rk_buf *config,
			struct rk_error *err)
{
	cleanup_free char *path = NULL;

	if (rk_path_join(making->objtree, ".config", &path, err) < 0)
		return -(int)err->code;
	return rk_file_write(path, config->data, config->len, 0600, err);
}

static int check_config(const struct making *making, const struct rk_buf *wanted,
			struct rk_error *err)
{
	cleanup_buf struct rk_buf got = RK_BUF_INIT;
	cleanup_free char *path = NULL;

	if (rk_path_join(making->objtree, ".config", &path, err) < 0 ||
	    rk_file_read(path, wanted->len * 2 + 65536, &got, err) < 0)
		return -(int)err->code;
	return rk_check_config(making->kernel, rk_buf_str(wanted), rk_buf_str(&got), err);
}

static int configure(const struct making *making, struct rk_kbuild *kbuild,
		     struct rk_error *err)
{
	cleanup_buf struct rk_buf config = RK_BUF_INIT;

	if (rk_set_read_config(making->kernel, &config, err) < 0 ||
	    rk_buf_check(&config, err) < 0 || write_config(making, &config, err) < 0 ||
	    rk_kbuild_configure(kbuild, err) < 0)
		return -(int)err->code;
	return check_config(making, &config, err);
}

/* ---- the crates ---- */

/* A failure that more source or more tools cannot cure. */
static bool is_final(const struct rk_error *err)
{
	return err->code != RK_ETOOL || !err->id ||
	       strcmp(err->id, "prepare-failed") != 0;
}

static int prepare(const struct making *making, struct rk_kbuild *kbuild,
		   struct rk_error *err)
{
	struct rk_error again = RK_ERROR_INIT;

	rk_log(RK_LOG_STEP, "making the Rust metadata of %s", making->kernel->release);
	if (rk_kbuild_prepare(kbuild, err) == 0)
		return 0;
	if (is_final(err))
		return -(int)err->code;
	rk_log(RK_LOG_WARNING,
	       "the parts of the source that are usually enough were not: %s", err->msg);
	kbuild->plain = true;
	if (get_source(making, true, &again) < 0 ||
	    configure(making, kbuild, &again) < 0 ||
	    rk_kbuild_prepare(kbuild, &again) < 0)
		*err = again;
	else
		return 0;
	return -(int)err->code;
}

/* ---- the set ---- */

/* Moves a file of the objtree to the same place in the set. */
static int take(const struct making *making, const char *path, struct rk_error *err)
{
	cleanup_free char *from = NULL;
	cleanup_free char *to = NULL;
	char *slash;

	if (rk_path_join(making->objtree, path, &from, err) < 0 ||
	    rk_path_join(making->stage, path, &to, err) < 0)
		return -(int)err->code;
	slash = strrchr(to, '/');
	*slash = '\0';
	if (rk_dir_make(to, 0700, err) < 0)
		return -(int)err->code;
	*slash = '/';
	if (rename(from, to) < 0)
		return rk_error_sys(err, errno, "'%s'", from);
	return 0;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);
	size_t end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* What a module build reads: all of it, by patterns, because it differs by version. */
static bool is_metadata(const char *dir, const char *name)
{
	if (strcmp(dir, "rust") == 0)
		return strncmp(name, "lib", 3) == 0 &&
		       (ends_with(name, ".rmeta") || ends_with(name, ".so"));
	if (strcmp(dir, "rust/kernel") == 0)
		return strncmp(name, "generated_", 10) == 0 && ends_with(name, ".rs");
	return ends_with(name, ".bc"); /* rust/helpers: CONFIG_RUST_INLINE_HELPERS */
}

static int take_folder(const struct making *making, const char *below,
		       struct rk_error *err)
{
	cleanup_closedir DIR *dir = NULL;
	cleanup_free char *full = NULL;
	const struct dirent *entry;

	if (rk_path_join(making->objtree, below, &full, err) < 0)
		return -(int)err->code;
	dir = opendir(full);
	if (!dir)
		return errno == ENOENT ? 0 : rk_error_sys(err, errno, "'%s'", full);
	while ((entry = readdir(dir))) {
		cleanup_free char *path = NULL;

		if (!is_metadata(below, entry->d_name))
			continue;
		if (rk_path_join(below, entry->d_name, &path, err) < 0 ||
		    take(making, path, err) < 0)
			return -(int)err->code;
	}
	return 0;
}

static bool is_staged(void *data, const char *path)
{
	const struct making *making = data;
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_free char *full = NULL;

	return rk_path_join(making->stage, path, &full, &ignored) == 0 &&
	       access(full, R_OK) == 0;
}

static int check_complete(struct making *making, const struct rk_needs *needs,
			  struct rk_error *err)
{
	cleanup_free char *missing = NULL;

	if (rk_needs_missing(needs, is_staged, making, &missing, err) < 0)
		return -(int)err->code;
	if (!missing)
		return 0;
	rk_error_set(err, RK_ETOOL, "make succeeded, but made no '%s'", missing);
	return rk_error_cure(err, "prepare-failed", "read the log '%s'", making->set.log);
}

static int fill_stage(struct making *making, struct rk_error *err)
{
	struct rk_needs needs = {.target = NULL};
	int r;

	if (take_folder(making, "rust", err) < 0 ||
	    take_folder(making, "rust/kernel", err) < 0 ||
	    take_folder(making, "rust/helpers", err) < 0 ||
	    rk_needs_read(making->kernel, &needs, err) < 0)
		return -(int)err->code;
	r = needs.target ? take(making, needs.target, err) : 0;
	if (r == 0)
		r = check_complete(making, &needs, err);
	rk_needs_release(&needs);
	return r;
}

static int check_source(const struct making *making, struct rk_error *err)
{
	size_t n_headers = 0;

	if (rk_source_check_version(&making->source, making->kernel, making->source_dir,
				    err) < 0)
		return -(int)err->code;
	return rk_check_headers(making->kernel, making->source_dir, &n_headers, err);
}

/* No build needs them. */
static void keep_sources(const struct making *making)
{
	struct rk_error err = RK_ERROR_INIT;

	if (rk_sources_keep(making->machine, making->set.key, making->source_dir,
			    making->objtree, &err) < 0)
		rk_log(RK_LOG_WARNING, "the Rust sources are not kept: %s", err.msg);
}

static int generate(struct making *making, struct rk_kbuild *kbuild, struct rk_error *err)
{
	const char *wanted = making->toolchain->wanted;

	if (get_source(making, false, err) < 0 || check_source(making, err) < 0 ||
	    configure(making, kbuild, err) < 0 || prepare(making, kbuild, err) < 0 ||
	    rk_check_exports(making->kernel, making->objtree, &making->n_exports, err) <
		    0 ||
	    rk_check_rustc(making->objtree, wanted, err) < 0 ||
	    fill_stage(making, err) < 0)
		return -(int)err->code;
	keep_sources(making);
	return rk_set_store(&making->set, making->stage, wanted, making->n_exports, err);
}

static bool is_disk_full(const struct making *making, const struct rk_error *err)
{
	struct statvfs st;

	if (err->sys_errno == ENOSPC || err->sys_errno == EDQUOT)
		return true;
	/* Some tools do not say why they stopped. */
	return err->code == RK_ETOOL && statvfs(making->set.parent, &st) == 0 &&
	       (uint64_t)st.f_bavail * st.f_frsize < 1 << 20;
}

static int run(struct making *making, struct rk_error *err)
{
	struct rk_kbuild kbuild = {.machine = making->machine,
				   .kernel = making->kernel,
				   .toolchain = making->toolchain,
				   .source = making->source_dir,
				   .objtree = making->objtree,
				   .log = making->set.log,
				   .jobs = making->request->jobs};
	int r;

	if (rk_kbuild_init(&kbuild, err) < 0)
		return -(int)err->code;
	r = generate(making, &kbuild, err);
	rk_kbuild_release(&kbuild);
	if (r == 0)
		unlink(making->set.log);
	if (r < 0 && is_disk_full(making, err)) {
		rk_error_set(err, RK_ESYS, "no space left for Rust metadata in '%s'",
			     making->set.parent);
		err->sys_errno = ENOSPC;
		unlink(making->set.log);
		return rk_error_cure(
			err, "disk-full",
			"free about 700 MB there, or set XDG_CACHE_HOME to a larger disk");
	}
	return r;
}

static int run_in_temp(struct making *making, struct rk_error *err)
{
	struct rk_error ignored = RK_ERROR_INIT;
	int r = make_folders(making, err);

	if (r == 0)
		r = run(making, err);
	if (making->temp && rk_dir_remove(making->temp, &ignored) < 0)
		rk_log(RK_LOG_WARNING, "%s", ignored.msg);
	return r;
}

static void tell_waiting(void *data)
{
	rk_log(RK_LOG_STEP, "another rkmod makes this metadata: waiting for it");
}

static int make_set(struct making *making, struct rk_metadata **ret, struct rk_error *err)
{
	cleanup_close int lock = -1;

	if (rk_file_lock(making->set.lock, tell_waiting, NULL, &lock, err) < 0)
		return -(int)err->code;
	remove_leftovers(&making->set);
	if (!making->request->again && rk_set_load(&making->set, ret, err) == 0)
		return 0;
	unlink(making->set.log);
	if (rk_source_find(making->kernel, making->request->source, &making->source,
			   err) < 0 ||
	    run_in_temp(making, err) < 0)
		return -(int)err->code;
	rk_log(RK_LOG_STEP, "prepared %zu of %zu Rust symbols of %s", making->n_exports,
	       making->n_exports, making->kernel->release);
	return rk_set_load(&making->set, ret, err);
}

int rk_metadata_check_source(const struct rk_kernel *kernel, const char *given,
			     char **ret, struct rk_error *err)
{
	cleanup_source struct rk_source source = {.path = NULL};

	if (rk_source_find(kernel, given, &source, err) < 0)
		return -(int)err->code;
	return rk_strdup(source.path, ret, err);
}

int rk_metadata_check_tools(const struct rk_kernel *kernel,
			    const struct rk_toolchain *toolchain, struct rk_error *err)
{
	return rk_kbuild_check_tools(kernel, toolchain, err);
}

int rk_metadata_make(const struct rk_machine *machine, const struct rk_kernel *kernel,
		     const struct rk_toolchain *toolchain,
		     const struct rk_metadata_make *make, struct rk_metadata **ret,
		     struct rk_error *err)
{
	cleanup(making_release) struct making making = {.machine = machine,
							.kernel = kernel,
							.toolchain = toolchain,
							.request = make};

	if (!toolchain->rustc) {
		rk_error_set(err, RK_ENOTFOUND, "no rustc has the text '%s'",
			     toolchain->wanted);
		return rk_error_cure(err, "rustc-mismatch", "see rkmod kernels");
	}
	if (rk_set_locate(machine, kernel, &making.set, err) < 0)
		return -(int)err->code;
	return make_set(&making, ret, err);
}
