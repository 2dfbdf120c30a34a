/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/pipeline/analyzer.h"
#include "cmd/folder.h"
#include "cmd/output.h"
#include "lib/base/file.h"

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

static enum rk_exit analyze(struct rk_app *app, const struct rk_folder *folder,
			    const struct rk_request *request, void *data)
{
	(void)data;
	cleanup(rk_analyzer_result_release) struct rk_analyzer_result result = {0};
	cleanup(rk_pipeline_release) struct rk_pipeline pipeline;
	cleanup_free char *file = NULL;
	struct rk_error err = RK_ERROR_INIT;

	rk_pipeline_init(&pipeline, &app->machine, request);
	if (rk_pipeline_analyzer(&pipeline, folder->jobs,
				 rk_request_is_on(request, RK_SETTING_PREPARE), &result,
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
	const struct rk_folder_command command = {
		.cmd = &cmd_analyzer,
		.work = analyze,
	};

	return rk_folder_run(app, argc, argv, &command);
}

static const struct rk_option own_options[] = {
	{"jobs", 'j', "N", "make's jobs, for metadata that is missing"},
	RK_FOLDER_NO_PREPARE_ROW,
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
