/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cmd/output.h"
#include "lib/base/file.h"
#include "lib/pipeline/analyzer.h"

enum {
	OPTION_NO_PREPARE = 256,
};

struct options {
	struct rk_common common;
	unsigned int jobs;
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
	default:
		return false;
	}
}

/* Return: RK_EXIT_OK to go on, or -1 after --help. */
static int parse_options(struct rk_app *app, int argc, char **argv, struct options *ret)
{
	int option;

	while ((option = rk_cmd_getopt(app, &cmd_analyzer, argc, argv, &ret->common)) >=
	       0) {
		if (option == RK_OPTION_HELP)
			return -1;
		if (!take_option(option, ret))
			return RK_EXIT_FAILED;
	}
	if (argc - optind > 1)
		return (int)rk_cmd_usage(&cmd_analyzer);
	ret->dir = optind < argc ? argv[optind] : ".";
	return RK_EXIT_OK;
}

static int write_project(const struct rk_request *request,
			 const struct rk_analyzer_result *result, char **ret,
			 struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;

	if (rk_path_join(request->dir, "rust-project.json", &path, err) < 0 ||
	    rk_json_print(result->project, false, &text, err) < 0)
		return -(int)err->code;
	rk_buf_addc(&text, '\n');
	if (rk_buf_check(&text, err) < 0 ||
	    rk_file_write(path, text.data, text.len, 0666, err) < 0)
		return -(int)err->code;
	*ret = RK_STEAL(path);
	return 0;
}

static enum rk_exit print_json(const struct rk_app *app,
			       const struct rk_pipeline *pipeline, const char *file,
			       const struct rk_analyzer_result *result)
{
	struct rk_json *top = rk_json_new_object();
	struct rk_json *roots = rk_json_new_array();

	rk_json_add_string(top, "file", file);
	rk_json_add_int(top, "crates", (int64_t)result->n_crates);
	for (size_t i = 0; i < result->roots.n_items; i++)
		rk_json_add_string(roots, NULL, result->roots.items[i]);
	rk_json_add(top, "roots", roots);
	rk_json_add_string(top, "sources", result->sources);
	rk_json_add_string(top, "library", result->library);
	rk_output_json_kernel(top, pipeline->kernel);
	return rk_output_json(app, top);
}

static enum rk_exit analyze(struct rk_app *app, const struct options *options,
			    const struct rk_request *request)
{
	const char *prepare = rk_request_get(request, RK_SETTING_PREPARE);
	cleanup(rk_analyzer_result_release) struct rk_analyzer_result result = {0};
	cleanup(rk_pipeline_release) struct rk_pipeline pipeline;
	cleanup_free char *file = NULL;
	struct rk_error err = RK_ERROR_INIT;

	rk_pipeline_init(&pipeline, &app->machine, request);
	if (rk_pipeline_analyzer(&pipeline, options->jobs,
				 !prepare || strcmp(prepare, "false") != 0, &result,
				 &err) < 0 ||
	    write_project(request, &result, &file, &err) < 0)
		return rk_cmd_fail(app, &err);
	if (app->format == RK_FORMAT_JSON)
		return print_json(app, &pipeline, file, &result);
	if (!app->quiet)
		rk_output_text(app, "'%s' is written: %zu crates, for kernel %s", file,
			       result.n_crates, pipeline.kernel->release);
	return RK_EXIT_OK;
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
	return analyze(app, &options, &request);
}

static const struct rk_option own_options[] = {
	{"jobs", 'j', "N", "make's jobs, for metadata that is missing"},
	{"no-prepare", OPTION_NO_PREPARE, NULL,
	 "do not make Rust metadata that is missing"},
	{0},
};

const struct rk_cmd cmd_analyzer = {
	.name = "analyzer",
	.args = "[DIR]",
	.summary = "write rust-project.json, for rust-analyzer and editors",
	.options = own_options,
	.completes = RK_COMPLETES_DIRS,
	.compiler = true,
	.run = run,
};
