/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>
#include <string.h>

#include "cmd/annotate.h"
#include "cmd/output.h"
#include "lib/base/file.h"
#include "lib/build/where.h"

enum {
	OPTION_NO_PREPARE = 256,
	OPTION_OUT,
};

struct options {
	struct rk_common common;
	unsigned int jobs;
	const char *dir;
	const char *out;          /* NULL: where the sources are */
	struct rk_strv make_args; /* after "--" */
};

static void release_options(struct options *options)
{
	rk_strv_release(&options->make_args);
}

static bool take_option(int option, struct options *options)
{
	switch (option) {
	case 'j':
		return rk_cmd_jobs(optarg, &options->jobs);
	case OPTION_NO_PREPARE:
		options->common.settings[RK_SETTING_PREPARE] = "false";
		return true;
	case OPTION_OUT:
		options->out = optarg;
		return true;
	default:
		return false;
	}
}

/* What stands after "--" is make's; getopt would mix it with the folder. */
static int split_make_args(int argc, char **argv, struct rk_strv *ret)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--") != 0)
			continue;
		for (int j = i + 1; j < argc; j++)
			rk_strv_add(ret, argv[j]);
		return i;
	}
	return argc;
}

/* Return: RK_EXIT_OK to go on, or -1 after --help. */
static int parse_options(struct rk_app *app, int argc, char **argv, struct options *ret)
{
	int option;

	argc = split_make_args(argc, argv, &ret->make_args);
	while ((option = rk_cmd_getopt(app, &cmd_build, argc, argv, &ret->common)) >= 0) {
		if (option == RK_OPTION_HELP)
			return -1;
		if (!take_option(option, ret))
			return RK_EXIT_FAILED;
	}
	if (argc - optind > 1)
		return (int)rk_cmd_usage(&cmd_build);
	ret->dir = optind < argc ? argv[optind] : ".";
	return RK_EXIT_OK;
}

/* Who hears what make prints. */
struct hearing {
	struct rk_app *app;
	const struct rk_request *request;
	struct rk_buf output; /* of the compilers, places named from the top */
};

static const char *top_of(const struct rk_request *request)
{
	return request->top ? request->top : request->dir;
}

static void on_line(void *data, const char *line, size_t len, bool is_stderr)
{
	enum { LIMIT = 1 << 20 };
	struct hearing *hearing = data;
	const char *const dirs[] = {hearing->request->dir, NULL};
	struct rk_error err = RK_ERROR_INIT;

	rk_output_tool_line(hearing->app, line, is_stderr);
	if (!is_stderr || !rk_annotate_is_asked(hearing->app) ||
	    hearing->output.len + len > LIMIT)
		return;
	if (rk_where_rebase(line, dirs, top_of(hearing->request), &hearing->output,
			    &err) < 0)
		hearing->output.failed = true;
	rk_buf_addc(&hearing->output, '\n');
}

static void json_timings(struct rk_json *to, const struct rk_pipeline *pipeline)
{
	struct rk_json *timings = rk_json_new_object();

	rk_json_add_int(timings, "kernel_ms", pipeline->kernel_ms);
	rk_json_add_int(timings, "toolchain_ms", pipeline->toolchain_ms);
	rk_json_add_int(timings, "metadata_ms", pipeline->metadata_ms);
	rk_json_add_int(timings, "build_ms", pipeline->build_ms);
	rk_json_add_int(timings, "check_ms", pipeline->check_ms);
	rk_json_add(to, "timings", timings);
}

static enum rk_exit print_json(const struct rk_app *app,
			       const struct rk_pipeline *pipeline)
{
	struct rk_json *top = rk_json_new_object();

	rk_json_add_bool(top, "ok", rk_pipeline_is_good(pipeline));
	rk_json_add_string(top, "dir", pipeline->request->dir);
	rk_json_add_int(top, "make_status", pipeline->build.make_status);
	rk_json_add_string(top, "log", pipeline->build.log);
	rk_output_json_kernel(top, pipeline->kernel);
	rk_output_json_toolchain(top, pipeline->toolchain);
	rk_output_json_metadata(top, pipeline->metadata);
	rk_output_json_modules(top, pipeline);
	rk_output_json_findings(top, &pipeline->findings);
	json_timings(top, pipeline);
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

static void release_hearing(struct hearing *hearing)
{
	rk_buf_release(&hearing->output);
}

static void print_text(const struct rk_app *app, const struct rk_pipeline *pipeline)
{
	const struct rk_build_result *build = &pipeline->build;

	rk_output_modules(app, pipeline);
	rk_output_findings(app, &pipeline->findings);
	fflush(stdout); /* before what follows on stderr, if both go to one file */
	if (build->make_status != 0)
		fprintf(stderr,
			"rkmod: the build failed (make ended with status %d); all it printed is in '%s'\n",
			build->make_status, build->log);
}

static enum rk_exit build(struct rk_app *app, const struct options *options,
			  const struct rk_request *request)
{
	cleanup(release_hearing) struct hearing hearing = {.app = app,
							   .request = request};
	const struct rk_build_request how = {
		.dir = request->dir,
		.out = options->out,
		.top = request->top,
		.jobs = options->jobs,
		.verbose = app->verbose,
		.make_args = &options->make_args,
		.on_line = on_line,
		.data = &hearing,
	};
	const char *prepare = rk_request_get(request, RK_SETTING_PREPARE);
	cleanup(rk_pipeline_release) struct rk_pipeline pipeline;
	struct rk_error err = RK_ERROR_INIT;

	rk_pipeline_init(&pipeline, &app->machine, request);
	if (rk_pipeline_build(&pipeline, &how, !prepare || strcmp(prepare, "false") != 0,
			      &err) < 0)
		return rk_cmd_fail(app, &err);
	if (app->format == RK_FORMAT_JSON && print_json(app, &pipeline) != RK_EXIT_OK)
		return RK_EXIT_FAILED;
	if (rk_annotate_is_asked(app) && annotate(app, &pipeline, &hearing) != RK_EXIT_OK)
		return RK_EXIT_FAILED;
	print_text(app, &pipeline);
	return rk_pipeline_is_good(&pipeline) ? RK_EXIT_OK : RK_EXIT_NO;
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	cleanup(rk_request_release) struct rk_request request = {0};
	cleanup(release_options) struct options options = {0};
	int status = parse_options(app, argc, argv, &options);

	if (status != RK_EXIT_OK)
		return status < 0 ? RK_EXIT_OK : RK_EXIT_FAILED;
	if (!rk_cmd_request(app, options.dir, &options.common, &request))
		return RK_EXIT_FAILED;
	return build(app, &options, &request);
}

static const struct rk_option own_options[] = {
	{"jobs", 'j', "N", "make's jobs"},
	{"no-prepare", OPTION_NO_PREPARE, NULL,
	 "do not make Rust metadata that is missing"},
	{"out", OPTION_OUT, "DIR",
	 "build into this folder, an empty one or that of the\n"
	 "build before; the sources' own stays as it is"},
	{0},
};

const struct rk_cmd cmd_build = {
	.name = "build",
	.args = "[DIR] [-- VARIABLE=VALUE...]",
	.summary = "build the modules of a folder, and check each",
	.options = own_options,
	.completes = RK_COMPLETES_DIRS,
	.compiler = true,
	.annotates = true,
	.run = run,
};
