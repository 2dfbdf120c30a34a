/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/base/prune.h"
#include "lib/build/format.h"
#include "lib/pipeline/staged-run.h"

enum {
	MAX_PLACES = 50,
	PLACE_MAX_AGE = 30 * 24 * 60 * 60,
};

static void release_run(struct rk_staged_run *run)
{
	rk_strv_release(&run->inputs);
	rk_recogniser_free(run->recogniser);
}

void rk_staged_check_init(struct rk_staged_check *check)
{
	*check = (struct rk_staged_check){.lock_fd = -1};
}

void rk_staged_check_release(struct rk_staged_check *check)
{
	rk_buf_release(&check->answer);
	rk_buf_release(&check->output);
	free(check->failed);
	free(check->tree);
	free(check->place);
	free(check->key);
	if (check->lock_fd >= 0)
		close(check->lock_fd);
	rk_staged_check_init(check);
}

/* ---- the private folder ---- */

static void say_waiting(void *data)
{
	(void)data;
	rk_log(RK_LOG_STEP, "waiting: another rkmod checks what is staged here");
}

/* "<git dir>-<kernel>", short. */
static int name_place(const struct rk_staged_run *run, char **ret, struct rk_error *err)
{
	const struct rk_kernel *kernel = run->pipeline->kernel;
	cleanup(rk_sha256_free_p) struct rk_sha256 *repository = NULL;
	cleanup(rk_sha256_free_p) struct rk_sha256 *target = NULL;
	char repository_hex[RK_SHA256_HEX_SIZE];
	char target_hex[RK_SHA256_HEX_SIZE];

	if (rk_sha256_new(&repository, err) < 0 || rk_sha256_new(&target, err) < 0)
		return -(int)err->code;
	rk_sha256_add_field(repository, run->request->staged->git_dir);
	rk_sha256_add_field(target, kernel->root->path);
	rk_sha256_add_field(target, kernel->kdir_real);
	rk_sha256_add_field(target, kernel->release);
	if (rk_sha256_hex(repository, repository_hex, err) < 0 ||
	    rk_sha256_hex(target, target_hex, err) < 0)
		return -(int)err->code;
	return rk_format(ret, err, "%.16s-%.16s", repository_hex, target_hex);
}

/*
 * Waiters hold the lock file open, too: it goes with the place, and they find that theirs
 * is no longer the one that is there. The name changes first: what is left half removed
 * is nobody's place.
 */
static void remove_place(const char *base, const char *name)
{
	cleanup_free char *path = NULL;
	cleanup_free char *gone = NULL;
	cleanup_free char *lock = NULL;
	cleanup_close int fd = -1;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_path_join(base, name, &path, &err) < 0 ||
	    rk_format(&gone, &err, "%s.gone", path) < 0 ||
	    rk_path_join(path, "lock", &lock, &err) < 0)
		return;
	fd = open(lock, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0)
		return; /* in use */
	if (rk_dir_remove(gone, &err) < 0 || rename(path, gone) < 0 ||
	    rk_dir_remove(gone, &err) < 0)
		rk_log(RK_LOG_DEBUG, "'%s' cannot be removed", path);
}

/* Repositories and kernels come and go, and their folders hold whole builds. */
static void prune_places(const char *base)
{
	const struct rk_prune places = {
		.dir = base,
		.remove = remove_place,
		.max_age = PLACE_MAX_AGE,
		.max_items = MAX_PLACES - 1,
	};

	rk_prune(&places);
}

/* @ret: false if the place was removed before we had it */
static int lock_place(struct rk_staged_run *run, bool *ret, struct rk_error *err)
{
	struct rk_staged_check *check = run->check;
	cleanup_free char *lock = NULL;
	cleanup_close int fd = -1;
	struct stat ours;
	struct stat there;

	*ret = false;
	if (rk_path_join(check->place, "lock", &lock, err) < 0)
		return -(int)err->code;
	if (rk_file_lock(lock, say_waiting, NULL, &fd, err) < 0)
		return err->code == RK_ENOTFOUND ? 0 : -(int)err->code;
	*ret = fstat(fd, &ours) == 0 && lstat(lock, &there) == 0 &&
	       ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
	if (*ret)
		check->lock_fd = rk_steal_fd(&fd);
	return 0;
}

static int make_place(struct rk_staged_run *run, const char *base, const char *name,
		      struct rk_error *err)
{
	struct rk_staged_check *check = run->check;
	char *place = NULL;

	if (rk_path_join(base, name, &place, err) < 0)
		return -(int)err->code;
	free(check->place);
	check->place = place;
	if (access(place, F_OK) < 0)
		prune_places(base);
	if (mkdir(place, 0700) < 0 && errno != EEXIST)
		return rk_error_sys(err, errno, "'%s'", place);
	return 0;
}

static int open_place(struct rk_staged_run *run, struct rk_error *err)
{
	struct rk_staged_check *check = run->check;
	cleanup_free char *base = NULL;
	cleanup_free char *name = NULL;
	bool yes = false;

	if (rk_machine_private_dir(run->pipeline->machine->cache_dir, "staged", &base,
				   err) < 0 ||
	    name_place(run, &name, err) < 0)
		return -(int)err->code;
	while (!yes)
		if (make_place(run, base, name, err) < 0 ||
		    lock_place(run, &yes, err) < 0)
			return -(int)err->code;
	rk_prune_touch(check->place);
	return rk_path_join(check->place, "tree", &check->tree, err);
}

void rk_staged_say_once(const struct rk_staged_run *run, const char *name,
			const char *text)
{
	cleanup_free char *said = NULL;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_path_join(run->check->place, name, &said, &err) < 0 ||
	    access(said, F_OK) == 0)
		return;
	rk_log(RK_LOG_WARNING, "%s", text);
	if (rk_file_write(said, "", 0, 0600, &err) < 0)
		rk_log(RK_LOG_DEBUG, "%s", err.msg);
}

/* ---- rustfmt ---- */

bool rk_staged_wants_format(const struct rk_staged_run *run,
			    const struct rk_staged_entry *entry)
{
	return run->request->fmt && entry->changed && (entry->mode & S_IFMT) == S_IFREG &&
	       rk_format_is_rust(entry->path);
}

static struct rk_format_request format_request(const struct rk_staged_run *run)
{
	return (struct rk_format_request){
		.root = run->pipeline->kernel->root,
		.rustc = run->pipeline->toolchain->rustc->path,
		.tree = run->check->tree,
		.staged = true,
	};
}

int rk_staged_find_rustfmt(const struct rk_staged_run *run, char **ret,
			   struct rk_error *err)
{
	const struct rk_format_request request = format_request(run);

	return rk_format_find(&request, ret, err);
}

static int check_format(struct rk_staged_run *run, struct rk_error *err)
{
	const struct rk_format_request request = format_request(run);
	const struct rk_staged *staged = run->request->staged;
	cleanup_free char *rustfmt = NULL;

	if (!run->request->fmt)
		return 0;
	if (rk_format_find(&request, &rustfmt, err) < 0)
		return -(int)err->code;
	if (!rustfmt) {
		rk_staged_say_once(
			run, "said-rustfmt",
			"there is no rustfmt: the format of staged files is not checked");
		return 0;
	}
	for (size_t i = 0; i < staged->n_entries; i++)
		if (rk_staged_wants_format(run, &staged->entries[i]) &&
		    rk_format_check(&request, rustfmt, staged->entries[i].path,
				    &run->pipeline->findings, err) < 0)
			return -(int)err->code;
	return rk_findings_check(&run->pipeline->findings, err);
}

/* ---- the whole ---- */

static int require_metadata(struct rk_staged_run *run, struct rk_error *err)
{
	const struct rk_pipeline_prepare how = {.jobs = run->request->jobs};

	if (run->request->prepare)
		return rk_pipeline_prepare(run->pipeline, &how, err);
	if (rk_pipeline_find(run->pipeline, err) < 0)
		return -(int)err->code;
	if (run->pipeline->metadata->origin != RK_METADATA_NONE)
		return 0;
	return rk_pipeline_fail_metadata(run->pipeline, err);
}

int rk_pipeline_staged(struct rk_pipeline *pipeline,
		       const struct rk_staged_request *request,
		       struct rk_staged_check *check, struct rk_error *err)
{
	cleanup(release_run) struct rk_staged_run run = {
		.pipeline = pipeline, .request = request, .check = check};
	bool yes;

	check->outcome = RK_STAGED_UNRELATED;
	if (rk_pipeline_kernel(pipeline, err) < 0 || open_place(&run, err) < 0 ||
	    rk_staged_inputs_read(&run, err) < 0 ||
	    rk_staged_inputs_compare(&run, &yes, err) < 0)
		return -(int)err->code;
	if (!yes && !request->anew)
		return 0;
	check->outcome = RK_STAGED_KEPT;
	if (require_metadata(&run, err) < 0 || rk_staged_answer_find(&run, &yes, err) < 0)
		return -(int)err->code;
	if (yes)
		return 0;
	check->outcome = RK_STAGED_CHECKED;
	if (rk_staged_check_out(&run, err) < 0 || check_format(&run, err) < 0 ||
	    rk_staged_build(&run, err) < 0)
		return -(int)err->code;
	/* Under the inputs that are known now: the next time they are. */
	return rk_staged_answer_name(&run, err);
}
