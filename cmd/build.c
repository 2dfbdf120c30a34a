/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cmd/annotate.h"
#include "cmd/folder.h"
#include "cmd/output.h"

enum {
	OPTION_OUT = 256,
};

struct options {
	const char *out;          /* NULL: where the sources are */
	struct rk_strv make_args; /* after "--" */
};

static void release_options(struct options *options)
{
	rk_strv_release(&options->make_args);
}

static bool take_option(void *data, int option)
{
	struct options *options = data;

	if (option != OPTION_OUT)
		return false;
	options->out = optarg;
	return true;
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

/* Who hears what make prints. */
struct hearing {
	struct rk_app *app;
	const struct rk_request *request;
	struct rk_buf output; /* of the compilers, places named from the top */
};

static void on_line(void *data, const char *line, size_t len, bool is_stderr)
{
	struct hearing *hearing = data;

	rk_output_tool_line(hearing->app, line, len, is_stderr);
	if (is_stderr && rk_annotate_is_asked(hearing->app))
		rk_annotate_hear(hearing->request, line, len, &hearing->output);
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

static enum rk_exit build(struct rk_app *app, const struct rk_folder *folder,
			  const struct rk_request *request, void *data)
{
	const struct options *options = data;
	cleanup(release_hearing) struct hearing hearing = {.app = app,
							   .request = request};
	const struct rk_build_request how = {
		.dir = request->dir,
		.out = options->out,
		.top = request->top,
		.jobs = folder->jobs,
		.verbose = app->verbose,
		.make_args = &options->make_args,
		.on_line = on_line,
		.data = &hearing,
	};
	cleanup(rk_pipeline_release) struct rk_pipeline pipeline;
	struct rk_error err = RK_ERROR_INIT;

	rk_pipeline_init(&pipeline, &app->machine, request);
	if (rk_pipeline_build(&pipeline, &how,
			      rk_request_is_on(request, RK_SETTING_PREPARE), &err) < 0)
		return rk_cmd_fail(app, &err);
	if (app->format == RK_FORMAT_JSON && print_json(app, &pipeline) != RK_EXIT_OK)
		return RK_EXIT_FAILED;
	if (rk_annotate_is_asked(app) &&
	    rk_annotate_answer(app, &pipeline, &hearing.output) != RK_EXIT_OK)
		return RK_EXIT_FAILED;
	print_text(app, &pipeline);
	return rk_pipeline_is_good(&pipeline) ? RK_EXIT_OK : RK_EXIT_NO;
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	cleanup(release_options) struct options options = {0};
	const struct rk_folder_command command = {
		.cmd = &cmd_build,
		.take = take_option,
		.work = build,
		.data = &options,
	};

	argc = split_make_args(argc, argv, &options.make_args);
	return rk_folder_run(app, argc, argv, &command);
}

static const struct rk_option own_options[] = {
	{"jobs", 'j', "N", "make's jobs"},
	RK_FOLDER_NO_PREPARE_ROW,
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
