/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cmd/annotate.h"
#include "cmd/output.h"
#include "lib/build/where.h"
#include "lib/pipeline/clippy.h"

enum {
	OPTION_NO_PREPARE = 256,
	OPTION_STRICT,
};

struct options {
	struct rk_common common;
	unsigned int jobs;
	bool strict;
	const char *dir;
};

static bool take_option(int option, struct options *options)
{
	switch (option) {
	case 'j':
		return rk_cmd_jobs(optarg, &options->jobs);
	case OPTION_NO_PREPARE:
		options->common.settings[RK_SETTING_PREPARE] = "false";
		return true;
	case OPTION_STRICT:
		options->strict = true;
		return true;
	default:
		return false;
	}
}

/* Return: RK_EXIT_OK to go on, or -1 after --help. */
static int parse_options(struct rk_app *app, int argc, char **argv, struct options *ret)
{
	int option;

	while ((option = rk_cmd_getopt(app, &cmd_clippy, argc, argv, &ret->common)) >=
	       0) {
		if (option == RK_OPTION_HELP)
			return -1;
		if (!take_option(option, ret))
			return RK_EXIT_FAILED;
	}
	if (argc - optind > 1)
		return (int)rk_cmd_usage(&cmd_clippy);
	ret->dir = optind < argc ? argv[optind] : ".";
	return RK_EXIT_OK;
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

static const char *top_of(const struct rk_request *request)
{
	return request->top ? request->top : request->dir;
}

static void on_line(void *data, const char *line, size_t len, bool is_stderr)
{
	struct hearing *hearing = data;
	const char *const dirs[] = {hearing->request->dir, NULL};
	struct rk_error err = RK_ERROR_INIT;

	(void)len;
	rk_output_tool_line(hearing->app, line, is_stderr);
	if (!is_stderr || hearing->app->format == RK_FORMAT_TEXT)
		return;
	if (rk_where_rebase(line, dirs, top_of(hearing->request), &hearing->output,
			    &err) < 0)
		hearing->output.failed = true;
	rk_buf_addc(&hearing->output, '\n');
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

static enum rk_exit annotate(const struct rk_app *app, const struct rk_pipeline *pipeline,
			     const struct hearing *hearing)
{
	const struct rk_annotate from = {
		.pipeline = pipeline,
		.output = rk_buf_str(&hearing->output),
		.top = top_of(hearing->request),
		.dir = hearing->request->dir,
	};
	cleanup_buf struct rk_buf lines = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_buf_check(&hearing->output, &err) < 0 ||
	    rk_annotate(app, &from, &lines, &err) < 0)
		return rk_cmd_fail(app, &err);
	return rk_annotate_print(app, rk_buf_str(&lines));
}

static enum rk_exit lint(struct rk_app *app, const struct options *options,
			 const struct rk_request *asked)
{
	cleanup(release_hearing) struct hearing hearing = {.app = app, .request = asked};
	const char *prepare = rk_request_get(asked, RK_SETTING_PREPARE);
	const struct rk_clippy_request request = {
		.dir = asked->dir,
		.top = asked->top,
		.jobs = options->jobs,
		.prepare = !prepare || strcmp(prepare, "false") != 0,
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
	if (rk_annotate_is_asked(app) && annotate(app, &pipeline, &hearing) != RK_EXIT_OK)
		return RK_EXIT_FAILED;
	if (!app->quiet)
		rk_output_text(app, "clippy: %zu warning%s, %zu error%s",
			       result.n_warnings, result.n_warnings == 1 ? "" : "s",
			       result.n_errors, result.n_errors == 1 ? "" : "s");
	return ok ? RK_EXIT_OK : RK_EXIT_NO;
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	cleanup(rk_request_release) struct rk_request request = {0};
	struct options options = {0};
	int status = parse_options(app, argc, argv, &options);

	if (status != RK_EXIT_OK)
		return status < 0 ? RK_EXIT_OK : RK_EXIT_FAILED;
	if (!rk_cmd_request(app, options.dir, &options.common, &request))
		return RK_EXIT_FAILED;
	return lint(app, &options, &request);
}

static const struct rk_option own_options[] = {
	{"jobs", 'j', "N", "make's jobs"},
	{"no-prepare", OPTION_NO_PREPARE, NULL,
	 "do not make Rust metadata that is missing"},
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
