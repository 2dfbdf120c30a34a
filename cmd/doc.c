/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/pipeline/doc.h"
#include "cmd/folder.h"
#include "cmd/output.h"

enum {
	OPTION_OUT = 256,
};

struct options {
	const char *out; /* NULL: doc/ in it */
};

static bool take_option(void *data, int option)
{
	struct options *options = data;

	if (option != OPTION_OUT)
		return false;
	options->out = optarg;
	return true;
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

static enum rk_exit document(struct rk_app *app, const struct rk_folder *folder,
			     const struct rk_request *asked, void *data)
{
	const struct options *options = data;
	const struct rk_doc_request request = {
		.dir = asked->dir,
		.top = asked->top,
		.out = options->out,
		.jobs = folder->jobs,
		.prepare = rk_request_is_on(asked, RK_SETTING_PREPARE),
		.on_line = rk_output_tool_line,
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
	struct options options = {0};
	const struct rk_folder_command command = {
		.cmd = &cmd_doc,
		.take = take_option,
		.work = document,
		.data = &options,
	};

	return rk_folder_run(app, argc, argv, &command);
}

static const struct rk_option own_options[] = {
	{"out", OPTION_OUT, "DIR", "write into this folder, not into doc"},
	{"jobs", 'j', "N", "make's jobs"},
	RK_FOLDER_NO_PREPARE_ROW,
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
