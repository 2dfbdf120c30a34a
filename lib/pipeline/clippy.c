/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "lib/base/crypto.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/pipeline/clippy.h"

/* CACHE/clippy/<folder>/ is the copy, <folder>.lock beside it. */
struct work {
	const struct rk_clippy_request *request;
	struct rk_clippy_result *result;
	char *copy;
	int lock_fd;
};

static void release_work(struct work *work)
{
	free(work->copy);
	if (work->lock_fd >= 0)
		close(work->lock_fd);
}

static void say_waiting(void *data)
{
	(void)data;
	rk_log(RK_LOG_STEP, "waiting: another rkmod runs clippy here");
}

static int open_copy(const struct rk_machine *machine, struct work *work,
		     struct rk_error *err)
{
	cleanup(rk_sha256_free_p) struct rk_sha256 *hash = NULL;
	cleanup_free char *parent = NULL;
	cleanup_free char *lock = NULL;
	char name[RK_SHA256_HEX_SIZE];

	if (rk_sha256_new(&hash, err) < 0)
		return -(int)err->code;
	rk_sha256_add_field(hash, work->request->dir);
	if (rk_sha256_hex(hash, name, err) < 0 ||
	    rk_machine_private_dir(machine->cache_dir, "clippy", &parent, err) < 0 ||
	    rk_format(&work->copy, err, "%s/%.16s", parent, name) < 0 ||
	    rk_format(&lock, err, "%s.lock", work->copy) < 0 ||
	    rk_file_lock(lock, say_waiting, NULL, &work->lock_fd, err) < 0)
		return -(int)err->code;
	/* Of one that was killed. */
	return rk_dir_remove(work->copy, err);
}

/* "warning: unused", not "warning: 2 warnings emitted"; "a.c:1:2: warning: unused". */
static void count(struct rk_clippy_result *result, const char *line)
{
	if (strstr(line, " emitted") || strstr(line, "aborting due to"))
		return;
	if (strncmp(line, "warning:", 8) == 0 || strncmp(line, "warning[", 8) == 0 ||
	    strstr(line, ": warning: "))
		result->n_warnings++;
	else if (strncmp(line, "error:", 6) == 0 || strncmp(line, "error[", 6) == 0 ||
		 strstr(line, ": error: "))
		result->n_errors++;
}

/* The copy's path, wherever it stands, is the folder's. */
static void take_line(void *data, const char *line, size_t len, bool is_stderr)
{
	struct work *work = data;
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	size_t copy_len = strlen(work->copy);
	const char *found;

	(void)len;
	if (is_stderr)
		count(work->result, line);
	while ((found = strstr(line, work->copy))) {
		rk_buf_add(&text, line, (size_t)(found - line));
		rk_buf_adds(&text, work->request->dir);
		line = found + copy_len;
	}
	rk_buf_adds(&text, line);
	if (work->request->on_line)
		work->request->on_line(work->request->data, rk_buf_str(&text), text.len,
				       is_stderr);
}

static int run_make(const struct rk_pipeline *p, struct work *work, struct rk_error *err)
{
	const struct rk_clippy_request *asked = work->request;
	const struct rk_build_input input = {
		.kernel = p->kernel, .toolchain = p->toolchain, .metadata = p->metadata};
	cleanup(rk_build_result_release) struct rk_build_result built = {0};
	cleanup_strv struct rk_strv args = RK_STRV_INIT;
	const struct rk_build_request request = {
		.dir = asked->dir,
		.out = work->copy,
		.copy = true,
		.top = asked->top,
		.jobs = asked->jobs,
		.make_args = &args,
		.on_line = take_line,
		.data = work,
	};

	if (asked->make_args)
		rk_strv_add_strv(&args, asked->make_args);
	rk_strv_add(&args, "CLIPPY=1");
	if (rk_strv_check(&args, err) < 0 ||
	    rk_build_run(p->machine, &input, &request, &built, err) < 0)
		return -(int)err->code;
	work->result->make_status = built.make_status;
	return 0;
}

static int check(const struct rk_clippy_request *request, struct rk_error *err)
{
	const struct rk_build_request build = {.dir = request->dir,
					       .make_args = request->make_args};

	return rk_build_check(&build, err);
}

static int find_driver(const struct rk_pipeline *p, struct rk_error *err)
{
	const struct rk_build_input input = {
		.kernel = p->kernel, .toolchain = p->toolchain, .metadata = p->metadata};
	cleanup_free char *driver = NULL;

	if (rk_build_find_clippy(&input, &driver, err) < 0)
		return -(int)err->code;
	rk_log(RK_LOG_DEBUG, "clippy: %s", driver);
	return 0;
}

int rk_pipeline_clippy(struct rk_pipeline *pipeline,
		       const struct rk_clippy_request *request,
		       struct rk_clippy_result *result, struct rk_error *err)
{
	cleanup(release_work) struct work work = {
		.request = request, .result = result, .lock_fd = -1};
	struct rk_error ignored = RK_ERROR_INIT;
	int r;

	*result = (struct rk_clippy_result){0};
	if (check(request, err) < 0 ||
	    rk_pipeline_require(pipeline, request->jobs, request->prepare, err) < 0 ||
	    find_driver(pipeline, err) < 0 ||
	    open_copy(pipeline->machine, &work, err) < 0)
		return -(int)err->code;
	r = run_make(pipeline, &work, err);
	if (rk_dir_remove(work.copy, &ignored) < 0)
		rk_log(RK_LOG_DEBUG, "%s", ignored.msg);
	return r;
}
