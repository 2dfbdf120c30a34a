/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cmd/annotate.h"
#include "cmd/folder.h"
#include "cmd/output.h"
#include "cmd/vm-report.h"
#include "lib/pipeline/ci.h"

enum {
	OPTION_SKIP = 256,
	OPTION_STRICT,
};

struct options {
	bool strict;
	bool skip[RK_N_CI_STEPS];
};

/* "vm" or "clippy,vm" */
static bool take_skip(char *names, bool skip[RK_N_CI_STEPS])
{
	char *rest = NULL;

	for (char *name = strtok_r(names, ",", &rest); name;
	     name = strtok_r(NULL, ",", &rest)) {
		enum rk_ci_step step;

		if (!rk_ci_step_find(name, &step)) {
			fprintf(stderr,
				"rkmod: --skip takes fmt, clippy, build, check and vm, not '%s'\n",
				name);
			return false;
		}
		skip[step] = true;
	}
	return true;
}

static bool take_option(void *data, int option)
{
	struct options *options = data;

	switch (option) {
	case OPTION_SKIP:
		return take_skip(optarg, options->skip);
	case OPTION_STRICT:
		options->strict = true;
		return true;
	default:
		return false;
	}
}

/* ---- while it runs ---- */

struct hearing {
	struct rk_app *app;
	const struct rk_request *request;
	struct rk_buf linted; /* of clippy, and */
	struct rk_buf built;  /* of the build: places named from the top */
	struct rk_buf kept;   /* what is shown only if the step fails */
	bool clippy_ran;      /* it has said all that rustc will say */
};

static void release_hearing(struct hearing *hearing)
{
	rk_buf_release(&hearing->linted);
	rk_buf_release(&hearing->built);
	rk_buf_release(&hearing->kept);
}

static void on_line(void *data, enum rk_ci_step step, const char *line, size_t len,
		    bool is_stderr)
{
	struct hearing *hearing = data;
	struct rk_buf *to = step == RK_CI_CLIPPY ? &hearing->linted : &hearing->built;

	if (step == RK_CI_VM || (step == RK_CI_BUILD && hearing->clippy_ran)) {
		rk_buf_add(&hearing->kept, line, len);
		rk_buf_addc(&hearing->kept, '\n');
	} else {
		rk_output_tool_line(hearing->app, line, len, is_stderr);
	}
	if (is_stderr && rk_annotate_is_asked(hearing->app))
		rk_annotate_hear(hearing->request, line, len, to);
}

static void on_step(void *data, enum rk_ci_step step, const struct rk_ci_done *done)
{
	struct hearing *hearing = data;
	const struct rk_app *app = hearing->app;
	bool shown = !app->quiet || done->outcome == RK_CI_FAILED;

	if (app->verbose || done->outcome == RK_CI_FAILED)
		fputs(rk_buf_str(&hearing->kept), stderr);
	rk_buf_truncate(&hearing->kept, 0);
	if (step == RK_CI_CLIPPY)
		hearing->clippy_ran = done->outcome == RK_CI_OK ||
				      (done->outcome == RK_CI_FAILED && !done->id);
	if (!shown || app->format == RK_FORMAT_JSON)
		return;
	fprintf(app->format == RK_FORMAT_TEXT ? app->out : stderr,
		"%-7s%-8s%6.1f s%s%s\n", rk_ci_step_name(step),
		rk_ci_outcome_name(done->outcome), done->ms / 1000.0,
		done->what[0] ? "  " : "", done->what);
	fflush(app->out);
}

/* ---- at the end ---- */

static void json_steps(struct rk_json *to, const struct rk_ci_result *result)
{
	struct rk_json *steps = rk_json_new_array();

	for (unsigned int i = 0; i < RK_N_CI_STEPS; i++) {
		const struct rk_ci_done *done = &result->steps[i];
		struct rk_json *item = rk_json_new_object();

		rk_json_add_string(item, "step", rk_ci_step_name((enum rk_ci_step)i));
		rk_json_add_string(item, "outcome", rk_ci_outcome_name(done->outcome));
		rk_json_add_string(item, "what", done->what);
		rk_json_add_string(item, "code", done->id);
		rk_json_add_int(item, "ms", done->ms);
		rk_json_add(steps, NULL, item);
	}
	rk_json_add(to, "steps", steps);
}

static void json_vm(struct rk_json *to, const struct rk_vm_result *vm)
{
	struct rk_json *guest = rk_json_new_object();

	if (!vm->proc_version) {
		rk_json_free(guest);
		rk_json_add_null(to, "vm");
		return;
	}
	rk_json_add_string(guest, "proc_version", vm->proc_version);
	rk_json_add_string(guest, "accel", rk_vm_accel_name(vm->accel));
	rk_vm_report_json_modules(guest, "modules", vm, false);
	rk_json_add_bool(guest, "oops", vm->oops);
	rk_json_add_bool(guest, "timed_out", vm->timed_out);
	rk_json_add_string(guest, "log", vm->log);
	rk_json_add(to, "vm", guest);
}

static enum rk_exit print_json(const struct rk_app *app,
			       const struct rk_pipeline *pipeline,
			       const struct rk_ci_result *result)
{
	struct rk_json *top = rk_json_new_object();

	rk_json_add_bool(top, "ok", result->good);
	rk_json_add_string(top, "dir", pipeline->request->dir);
	rk_json_add_int(top, "ms", result->ms);
	json_steps(top, result);
	rk_output_json_kernel(top, pipeline->kernel);
	rk_output_json_toolchain(top, pipeline->toolchain);
	rk_output_json_metadata(top, pipeline->metadata);
	rk_output_json_modules(top, pipeline);
	rk_output_json_findings(top, &pipeline->findings);
	json_vm(top, &result->vm);
	return rk_output_json(app, top);
}

/* What a step says that no finding and no line of a compiler does. */
static void annotate_steps(const struct rk_app *app, const struct rk_ci_result *result,
			   struct rk_buf *ret)
{
	for (unsigned int i = 0; i < RK_N_CI_STEPS; i++) {
		const struct rk_ci_done *done = &result->steps[i];
		const struct rk_annotation annotation = {
			.severity = RK_SEVERITY_ERROR,
			.code = done->id ? done->id : rk_ci_step_name((enum rk_ci_step)i),
			.what = done->what,
			.more = "",
		};

		if (done->outcome == RK_CI_FAILED && (i == RK_CI_VM || done->id))
			rk_annotate_one(app, &annotation, ret);
	}
}

static enum rk_exit annotate(const struct rk_app *app, const struct rk_pipeline *pipeline,
			     const struct rk_ci_result *result,
			     const struct hearing *hearing)
{
	/* Clippy says all that rustc says. */
	const struct rk_buf *output =
		hearing->linted.len ? &hearing->linted : &hearing->built;
	cleanup_buf struct rk_buf lines = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_annotate_pipeline(app, pipeline, output, &lines, &err) < 0)
		return rk_cmd_fail(app, &err);
	annotate_steps(app, result, &lines);
	return rk_annotate_print(app, rk_buf_str(&lines));
}

static void print_text(const struct rk_app *app, const struct rk_pipeline *pipeline,
		       const struct rk_ci_result *result)
{
	const struct rk_ci_done *steps = result->steps;

	if (app->format != RK_FORMAT_TEXT)
		return;
	if (steps[RK_CI_CHECK].outcome == RK_CI_FAILED || app->verbose)
		rk_output_modules(app, pipeline);
	rk_output_all_findings(app, &pipeline->findings);
	if (app->quiet && result->good)
		return;
	fprintf(app->out, "ci: %s", result->good ? "ok" : "failed:");
	for (unsigned int i = 0; !result->good && i < RK_N_CI_STEPS; i++)
		if (steps[i].outcome == RK_CI_FAILED || steps[i].outcome == RK_CI_MISSING)
			fprintf(app->out, " %s", rk_ci_step_name((enum rk_ci_step)i));
	fprintf(app->out, ", %.1f s\n", result->ms / 1000.0);
}

static enum rk_exit print(const struct rk_app *app, const struct rk_pipeline *pipeline,
			  const struct rk_ci_result *result,
			  const struct hearing *hearing)
{
	if (app->format == RK_FORMAT_JSON &&
	    print_json(app, pipeline, result) != RK_EXIT_OK)
		return RK_EXIT_FAILED;
	if (rk_annotate_is_asked(app) &&
	    annotate(app, pipeline, result, hearing) != RK_EXIT_OK)
		return RK_EXIT_FAILED;
	print_text(app, pipeline, result);
	return result->good ? RK_EXIT_OK : RK_EXIT_NO;
}

static enum rk_exit ci(struct rk_app *app, const struct rk_folder *folder,
		       const struct rk_request *asked, void *data)
{
	const struct options *options = data;
	cleanup(release_hearing) struct hearing hearing = {.app = app, .request = asked};
	struct rk_ci_request request = {
		.dir = asked->dir,
		.top = asked->top,
		.jobs = folder->jobs,
		.verbose = app->verbose,
		.prepare = rk_request_is_on(asked, RK_SETTING_PREPARE),
		.strict = options->strict,
		.on_line = on_line,
		.on_step = on_step,
		.data = &hearing,
	};
	cleanup(rk_ci_result_release) struct rk_ci_result result = {0};
	cleanup(rk_pipeline_release) struct rk_pipeline pipeline;
	struct rk_error err = RK_ERROR_INIT;

	memcpy(request.skip, options->skip, sizeof(request.skip));
	request.skip[RK_CI_FMT] |= !rk_request_is_on(asked, RK_SETTING_FMT);
	rk_pipeline_init(&pipeline, &app->machine, asked);
	if (rk_pipeline_ci(&pipeline, &request, &result, &err) < 0)
		return rk_cmd_fail(app, &err);
	return print(app, &pipeline, &result, &hearing);
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	struct options options = {0};
	const struct rk_folder_command command = {
		.cmd = &cmd_ci,
		.take = take_option,
		.work = ci,
		.data = &options,
	};

	return rk_folder_run(app, argc, argv, &command);
}

static const struct rk_option own_options[] = {
	{"skip", OPTION_SKIP, "STEP",
	 "leave out fmt, clippy, build, check or vm; a list with\n"
	 "commas, or given again"},
	{"strict", OPTION_STRICT, NULL,
	 "what is not installed, and a warning of clippy, fails"},
	{"jobs", 'j', "N", "make's jobs"},
	RK_FOLDER_NO_PREPARE_ROW,
	{0},
};

const struct rk_cmd cmd_ci = {
	.name = "ci",
	.args = "[DIR]",
	.summary = "fmt, clippy, build, check and vm in one, with one answer",
	.options = own_options,
	.completes = RK_COMPLETES_DIRS,
	.compiler = true,
	.annotates = true,
	.run = run,
};
