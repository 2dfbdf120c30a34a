/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/pipeline/clippy.h"
#include "cmd/annotate.h"
#include "cmd/folder.h"
#include "cmd/output.h"

enum {
	OPTION_STRICT = 256,
};

struct options {
	bool strict;
};

static bool take_option(void *data, int option)
{
	struct options *options = data;

	if (option != OPTION_STRICT)
		return false;
	options->strict = true;
	return true;
}

/* Who hears what clippy prints. */
struct hearing {
	struct rk_app *app;
	const struct rk_request *request;
	struct rk_buf output; /* places named from the top */
};

static void release_hearing(struct hearing *hearing)
{
	rk_buf_release(&hearing->output);
}

static void on_line(void *data, const char *line, size_t len, bool is_stderr)
{
	struct hearing *hearing = data;

	rk_output_tool_line(hearing->app, line, len, is_stderr);
	if (is_stderr && hearing->app->format != RK_FORMAT_TEXT)
		rk_annotate_hear(hearing->request, line, len, &hearing->output);
}

static enum rk_exit print_json(const struct rk_app *app,
			       const struct rk_pipeline *pipeline,
			       const struct hearing *hearing,
			       const struct rk_clippy_result *result, bool ok)
{
	struct rk_json *top = rk_json_new_object();

	rk_json_add_bool(top, "ok", ok);
	rk_json_add_string(top, "dir", pipeline->request->dir);
	rk_json_add_int(top, "make_status", result->make_status);
	rk_json_add_int(top, "warnings", (int64_t)result->n_warnings);
	rk_json_add_int(top, "errors", (int64_t)result->n_errors);
	rk_json_add_string(top, "output", rk_buf_str(&hearing->output));
	rk_output_json_kernel(top, pipeline->kernel);
	rk_output_json_toolchain(top, pipeline->toolchain);
	return rk_output_json(app, top);
}

static enum rk_exit lint(struct rk_app *app, const struct rk_folder *folder,
			 const struct rk_request *asked, void *data)
{
	const struct options *options = data;
	cleanup(release_hearing) struct hearing hearing = {.app = app, .request = asked};
	const struct rk_clippy_request request = {
		.dir = asked->dir,
		.top = asked->top,
		.jobs = folder->jobs,
		.prepare = rk_request_is_on(asked, RK_SETTING_PREPARE),
		.on_line = on_line,
		.data = &hearing,
	};
	cleanup(rk_pipeline_release) struct rk_pipeline pipeline;
	struct rk_clippy_result result;
	struct rk_error err = RK_ERROR_INIT;
	bool ok;

	rk_pipeline_init(&pipeline, &app->machine, asked);
	if (rk_pipeline_clippy(&pipeline, &request, &result, &err) < 0)
		return rk_cmd_fail(app, &err);
	ok = result.make_status == 0 &&
	     !(options->strict && result.n_warnings + result.n_errors);
	if (app->format == RK_FORMAT_JSON &&
	    print_json(app, &pipeline, &hearing, &result, ok) != RK_EXIT_OK)
		return RK_EXIT_FAILED;
	if (rk_annotate_is_asked(app) &&
	    rk_annotate_answer(app, &pipeline, &hearing.output) != RK_EXIT_OK)
		return RK_EXIT_FAILED;
	if (!app->quiet)
		rk_output_text(app, "clippy: %zu warning%s, %zu error%s",
			       result.n_warnings, result.n_warnings == 1 ? "" : "s",
			       result.n_errors, result.n_errors == 1 ? "" : "s");
	return ok ? RK_EXIT_OK : RK_EXIT_NO;
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	struct options options = {0};
	const struct rk_folder_command command = {
		.cmd = &cmd_clippy,
		.take = take_option,
		.work = lint,
		.data = &options,
	};

	return rk_folder_run(app, argc, argv, &command);
}

static const struct rk_option own_options[] = {
	{"jobs", 'j', "N", "make's jobs"},
	RK_FOLDER_NO_PREPARE_ROW,
	{"strict", OPTION_STRICT, NULL, "a warning is a no, too"},
	{0},
};

const struct rk_cmd cmd_clippy = {
	.name = "clippy",
	.args = "[DIR]",
	.summary = "the kernel's lints, by the clippy that fits",
	.options = own_options,
	.completes = RK_COMPLETES_DIRS,
	.compiler = true,
	.annotates = true,
	.run = run,
};
