/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cmd/output.h"
#include "lib/pipeline/doc.h"

enum {
	OPTION_NO_PREPARE = 256,
	OPTION_OUT,
};

struct options {
	struct rk_common common;
	unsigned int jobs;
	const char *dir;
	const char *out; /* NULL: doc/ in it */
};

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

/* Return: RK_EXIT_OK to go on, or -1 after --help. */
static int parse_options(struct rk_app *app, int argc, char **argv, struct options *ret)
{
	int option;

	while ((option = rk_cmd_getopt(app, &cmd_doc, argc, argv, &ret->common)) >= 0) {
		if (option == RK_OPTION_HELP)
			return -1;
		if (!take_option(option, ret))
			return RK_EXIT_FAILED;
	}
	if (argc - optind > 1)
		return (int)rk_cmd_usage(&cmd_doc);
	ret->dir = optind < argc ? argv[optind] : ".";
	return RK_EXIT_OK;
}

static void on_line(void *data, const char *line, size_t len, bool is_stderr)
{
	(void)len;
	rk_output_tool_line(data, line, is_stderr);
}

static enum rk_exit print_json(const struct rk_app *app,
			       const struct rk_pipeline *pipeline,
			       const struct rk_doc_result *result, bool ok)
{
	struct rk_json *top = rk_json_new_object();
	struct rk_json *pages = rk_json_new_array();

	rk_json_add_bool(top, "ok", ok);
	rk_json_add_string(top, "dir", pipeline->request->dir);
	rk_json_add_int(top, "make_status", pipeline->build.make_status);
	rk_json_add_int(top, "rustdoc_status", result->status);
	rk_json_add_string(top, "out", result->out);
	for (size_t i = 0; i < result->pages.n_items; i++)
		rk_json_add_string(pages, NULL, result->pages.items[i]);
	rk_json_add(top, "pages", pages);
	rk_output_json_kernel(top, pipeline->kernel);
	rk_output_json_findings(top, &pipeline->findings);
	return rk_output_json(app, top);
}

static void print_text(const struct rk_app *app, const struct rk_pipeline *pipeline,
		       const struct rk_doc_result *result)
{
	rk_output_findings(app, &pipeline->findings);
	for (size_t i = 0; !app->quiet && i < result->pages.n_items; i++)
		rk_output_text(app, "%s", result->pages.items[i]);
	fflush(app->out);
	if (pipeline->build.make_status != 0)
		fprintf(stderr,
			"rkmod: the build failed (make ended with status %d); all it printed is in '%s'\n",
			pipeline->build.make_status, pipeline->build.log);
}

static enum rk_exit document(struct rk_app *app, const struct options *options,
			     const struct rk_request *asked)
{
	const char *prepare = rk_request_get(asked, RK_SETTING_PREPARE);
	const struct rk_doc_request request = {
		.dir = asked->dir,
		.top = asked->top,
		.out = options->out,
		.jobs = options->jobs,
		.prepare = !prepare || strcmp(prepare, "false") != 0,
		.on_line = on_line,
		.data = app,
	};
	cleanup(rk_doc_result_release) struct rk_doc_result result = {0};
	cleanup(rk_pipeline_release) struct rk_pipeline pipeline;
	struct rk_error err = RK_ERROR_INIT;
	bool ok;

	rk_pipeline_init(&pipeline, &app->machine, asked);
	if (rk_pipeline_doc(&pipeline, &request, &result, &err) < 0)
		return rk_cmd_fail(app, &err);
	ok = pipeline.build.make_status == 0 && result.status == 0;
	if (app->format == RK_FORMAT_JSON &&
	    print_json(app, &pipeline, &result, ok) != RK_EXIT_OK)
		return RK_EXIT_FAILED;
	print_text(app, &pipeline, &result);
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
	return document(app, &options, &request);
}

static const struct rk_option own_options[] = {
	{"out", OPTION_OUT, "DIR", "write into this folder, not into doc"},
	{"jobs", 'j', "N", "make's jobs"},
	{"no-prepare", OPTION_NO_PREPARE, NULL,
	 "do not make Rust metadata that is missing"},
	{0},
};

const struct rk_cmd cmd_doc = {
	.name = "doc",
	.args = "[DIR]",
	.summary = "build a folder, and write its documentation by rustdoc",
	.options = own_options,
	.completes = RK_COMPLETES_DIRS,
	.compiler = true,
	.run = run,
};
