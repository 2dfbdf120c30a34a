/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/pipeline/ci.h"
#include "lib/pipeline/clippy.h"
#include "lib/pipeline/fmt.h"
#include "lib/pipeline/order.h"

static const char *const step_names[RK_N_CI_STEPS] = {
	[RK_CI_FMT] = "fmt",     [RK_CI_CLIPPY] = "clippy", [RK_CI_BUILD] = "build",
	[RK_CI_CHECK] = "check", [RK_CI_VM] = "vm",
};

const char *rk_ci_step_name(enum rk_ci_step step)
{
	return step < RK_N_CI_STEPS ? step_names[step] : NULL;
}

bool rk_ci_step_find(const char *name, enum rk_ci_step *ret)
{
	for (unsigned int i = 0; i < RK_N_CI_STEPS; i++) {
		if (strcmp(step_names[i], name) != 0)
			continue;
		*ret = (enum rk_ci_step)i;
		return true;
	}
	return false;
}

const char *rk_ci_outcome_name(enum rk_ci_outcome outcome)
{
	static const char *const names[] = {
		[RK_CI_OK] = "ok",           [RK_CI_FAILED] = "failed",
		[RK_CI_SKIPPED] = "skipped", [RK_CI_MISSING] = "missing",
		[RK_CI_NOT_RUN] = "not-run",
	};

	return names[outcome];
}

void rk_ci_result_release(struct rk_ci_result *result)
{
	for (unsigned int i = 0; i < RK_N_CI_STEPS; i++) {
		free(result->steps[i].what);
		free(result->steps[i].id);
	}
	rk_vm_result_release(&result->vm);
	memset(result, 0, sizeof(*result));
}

/* ---- one step ---- */

struct run {
	struct rk_pipeline *pipeline;
	const struct rk_ci_request *request;
	struct rk_ci_result *result;
	enum rk_ci_step step;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int end(struct run *run, enum rk_ci_outcome outcome, struct rk_error *err,
	       const char *fmt, ...) RK_PRINTF(4, 5);

static int end(struct run *run, enum rk_ci_outcome outcome, struct rk_error *err,
	       const char *fmt, ...)
{
	struct rk_ci_done *done = &run->result->steps[run->step];
	char what[2200];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	done->outcome = outcome;
	free(RK_STEAL(done->what));
	return rk_strdup(what, &done->what, err);
}

/* What is not here is no fault of the module. */
static bool is_missing(const struct rk_error *err)
{
	static const char *const ids[] = {"rustfmt-missing", "clippy-missing",
					  "qemu-missing", "image-missing", "vm-arch"};

	for (size_t i = 0; err->id && i < RK_ARRAY_LEN(ids); i++)
		if (strcmp(err->id, ids[i]) == 0)
			return true;
	return false;
}

/* What no other step would get over, either. */
static bool is_final(const struct rk_error *err)
{
	return err->code == RK_ENOMEM || rk_spawn_interrupted() ||
	       (err->code == RK_EREFUSED && err->sys_errno == EINTR);
}

/* A step that could not be done. */
static int end_failed(struct run *run, struct rk_error *err)
{
	struct rk_ci_done *done = &run->result->steps[run->step];
	const struct rk_error why = *err;

	if (is_final(err))
		return -(int)err->code;
	if (why.id && rk_strdup(why.id, &done->id, err) < 0)
		return -(int)err->code;
	return end(run, is_missing(&why) ? RK_CI_MISSING : RK_CI_FAILED, err, "%s%s%s",
		   why.msg, why.cure[0] ? "; " : "", why.cure);
}

static void take_line(void *data, const char *line, size_t len, bool is_stderr)
{
	const struct run *run = data;

	if (run->request->on_line)
		run->request->on_line(run->request->data, run->step, line, len,
				      is_stderr);
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* ---- the steps ---- */

static void pass_on(struct run *run, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		cleanup_free char *line = strndup(text, len);

		if (line)
			take_line(run, line, len, true);
		text += len + (text[len] == '\n');
	}
}

static int run_fmt(struct run *run, struct rk_error *err)
{
	cleanup(rk_fmt_result_release) struct rk_fmt_result result = {0};
	cleanup_strv struct rk_strv paths = RK_STRV_INIT;
	const struct rk_fmt_request request = {.paths = &paths, .check = true};

	rk_strv_add(&paths, run->request->dir);
	if (rk_strv_check(&paths, err) < 0 ||
	    rk_pipeline_fmt(run->pipeline, &request, &result, err) < 0)
		return end_failed(run, err);
	pass_on(run, rk_buf_str(&result.said));
	if (result.broken.n_items)
		return end(run, RK_CI_FAILED, err, "%zu file%s cannot be read by rustfmt",
			   result.broken.n_items, plural(result.broken.n_items));
	if (result.changed.n_items)
		return end(run, RK_CI_FAILED, err, "%zu of %zu files: run 'rkmod fmt'",
			   result.changed.n_items, result.files.n_items);
	return end(run, RK_CI_OK, err, "%zu file%s", result.files.n_items,
		   plural(result.files.n_items));
}

static int run_clippy(struct run *run, struct rk_error *err)
{
	struct rk_clippy_result result;
	const struct rk_clippy_request request = {
		.dir = run->request->dir,
		.top = run->request->top,
		.jobs = run->request->jobs,
		.prepare = run->request->prepare,
		.on_line = take_line,
		.data = run,
	};
	bool good;

	if (rk_pipeline_clippy(run->pipeline, &request, &result, err) < 0)
		return end_failed(run, err);
	good = result.make_status == 0 &&
	       !(run->request->strict && result.n_warnings + result.n_errors);
	return end(run, good ? RK_CI_OK : RK_CI_FAILED, err, "%zu warning%s, %zu error%s",
		   result.n_warnings, plural(result.n_warnings), result.n_errors,
		   plural(result.n_errors));
}

/* Builds and judges: the verdicts are the next step's. */
static int run_build(struct run *run, struct rk_error *err)
{
	const struct rk_ci_request *asked = run->request;
	const struct rk_build_request request = {
		.dir = asked->dir,
		.top = asked->top,
		.jobs = asked->jobs,
		.verbose = asked->verbose,
		.on_line = take_line,
		.data = run,
	};
	struct rk_pipeline *p = run->pipeline;

	if (rk_pipeline_build(p, &request, asked->prepare, err) < 0)
		return end_failed(run, err);
	if (p->build.make_status != 0)
		return end(run, RK_CI_FAILED, err,
			   "make ended with status %d; all it printed is in '%s'",
			   p->build.make_status, p->build.log);
	return end(run, RK_CI_OK, err, "%zu module%s", p->n_modules,
		   plural(p->n_modules));
}

static int run_check(struct run *run, struct rk_error *err)
{
	const struct rk_pipeline *p = run->pipeline;
	cleanup_buf struct rk_buf what = RK_BUF_INIT;

	for (size_t i = 0; i < p->n_modules; i++)
		rk_buf_addf(&what, "%s%s: %s", i ? ", " : "",
			    rk_path_base(p->modules[i].module->path),
			    rk_answer_name(p->modules[i].verdict.answer));
	if (rk_buf_check(&what, err) < 0)
		return -(int)err->code;
	return end(run, rk_pipeline_is_good(p) ? RK_CI_OK : RK_CI_FAILED, err, "%s",
		   rk_buf_str(&what));
}

static void take_guest_line(void *data, const char *line, bool is_kernel)
{
	(void)is_kernel;
	take_line(data, line, strlen(line), false);
}

static int end_vm(struct run *run, struct rk_error *err)
{
	const struct rk_vm_result *vm = &run->result->vm;

	for (size_t i = 0; i < vm->n_modules; i++)
		if (vm->modules[i].load_errno > 0)
			return end(run, RK_CI_FAILED, err, "%s is refused: %s",
				   vm->modules[i].name,
				   strerror(vm->modules[i].load_errno));
	if (vm->oops)
		return end(run, RK_CI_FAILED, err, "the kernel fell over: %.*s",
			   (int)strcspn(vm->oops_text, "\n"), vm->oops_text);
	if (vm->timed_out)
		return end(run, RK_CI_FAILED, err, "the guest did not end in time");
	return end(run, RK_CI_OK, err, "%zu module%s loaded and unloaded (%s)",
		   vm->n_modules, plural(vm->n_modules), rk_vm_accel_name(vm->accel));
}

static int run_vm(struct run *run, struct rk_error *err)
{
	cleanup_strv struct rk_strv paths = RK_STRV_INIT;
	cleanup_free struct rk_vm_module *modules = NULL;
	struct rk_vm_request request = {.on_line = take_guest_line, .data = run};

	if (rk_pipeline_order(&run->pipeline->build.modules, &paths, err) < 0)
		return end_failed(run, err);
	if (paths.n_items == 0)
		return end(run, RK_CI_SKIPPED, err, "there is no module");
	modules = calloc(paths.n_items, sizeof(*modules));
	if (!modules)
		return rk_error_nomem(err);
	for (size_t i = 0; i < paths.n_items; i++)
		modules[i] = (struct rk_vm_module){.path = paths.items[i], .params = ""};
	request.modules = modules;
	request.n_modules = paths.n_items;
	if (rk_pipeline_vm(run->pipeline, &request, &run->result->vm, err) < 0)
		return end_failed(run, err);
	return end_vm(run, err);
}

/* ---- the whole ---- */

/* What is in vain after a step that failed: the verdict needs a build, and a module that
 * would be refused is not worth a guest. */
static bool is_in_vain(const struct run *run)
{
	const struct rk_ci_done *steps = run->result->steps;

	switch (run->step) {
	case RK_CI_CHECK:
		return steps[RK_CI_BUILD].outcome != RK_CI_OK;
	case RK_CI_VM:
		return steps[RK_CI_BUILD].outcome != RK_CI_OK ||
		       steps[RK_CI_CHECK].outcome == RK_CI_FAILED;
	default:
		return false;
	}
}

static int run_step(struct run *run, struct rk_error *err)
{
	static int (*const steps[])(struct run *, struct rk_error *) = {
		run_fmt, run_clippy, run_build, run_check, run_vm};

	if (run->request->skip[run->step])
		return end(run, RK_CI_SKIPPED, err, "%s", "");
	if (run->step > RK_CI_BUILD && run->request->skip[RK_CI_BUILD])
		return end(run, RK_CI_SKIPPED, err, "nothing was built");
	if (is_in_vain(run))
		return end(run, RK_CI_NOT_RUN, err, "a step before it failed");
	return steps[run->step](run, err);
}

static bool is_good(const struct run *run, enum rk_ci_outcome outcome)
{
	return outcome == RK_CI_OK || outcome == RK_CI_SKIPPED ||
	       (outcome == RK_CI_MISSING && !run->request->strict);
}

int rk_pipeline_ci(struct rk_pipeline *pipeline, const struct rk_ci_request *request,
		   struct rk_ci_result *result, struct rk_error *err)
{
	const struct rk_build_request build = {.dir = request->dir};
	struct run run = {.pipeline = pipeline, .request = request, .result = result};
	int64_t begin = now_ms();

	*result = (struct rk_ci_result){.good = true};
	if (rk_build_check(&build, err) < 0 ||
	    rk_pipeline_require(pipeline, request->jobs, request->prepare, err) < 0)
		return -(int)err->code;
	for (unsigned int i = 0; i < RK_N_CI_STEPS; i++) {
		struct rk_ci_done *done = &result->steps[i];
		int64_t start = now_ms();

		run.step = (enum rk_ci_step)i;
		if (run_step(&run, err) < 0)
			return -(int)err->code;
		done->ms = (unsigned int)(now_ms() - start);
		if (i == RK_CI_CHECK)
			done->ms = pipeline->check_ms;
		result->good = result->good && is_good(&run, done->outcome);
		if (request->on_step)
			request->on_step(request->data, run.step, done);
	}
	result->ms = (unsigned int)(now_ms() - begin);
	return 0;
}
