/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/pipeline/dkms.h"
#include "cmd/folder.h"
#include "cmd/output.h"

enum {
	OPTION_NAME = 256,
	OPTION_VERSION,
};

struct options {
	const char *name;
	const char *version;
};

static bool take_option(void *data, int option)
{
	struct options *options = data;

	switch (option) {
	case OPTION_NAME:
		options->name = optarg;
		return true;
	case OPTION_VERSION:
		options->version = optarg;
		return true;
	default:
		return false;
	}
}

static enum rk_exit print_json(const struct rk_app *app,
			       const struct rk_dkms_result *result)
{
	struct rk_json *top = rk_json_new_object();
	struct rk_json *modules = rk_json_new_array();

	for (size_t i = 0; i < result->names.n_items; i++) {
		struct rk_json *module = rk_json_new_object();

		rk_json_add_string(module, "name", result->names.items[i]);
		rk_json_add_string(module, "location", result->locations.items[i]);
		rk_json_add(modules, NULL, module);
	}
	rk_json_add_bool(top, "ok", true);
	rk_json_add_string(top, "path", result->path);
	rk_json_add_string(top, "name", result->name);
	rk_json_add_string(top, "version", result->version);
	rk_json_add_bool(top, "written", !result->unchanged);
	rk_json_add(top, "modules", modules);
	return rk_output_json(app, top);
}

static enum rk_exit write_conf(struct rk_app *app, const struct options *options,
			       bool force, const struct rk_pipeline *pipeline)
{
	cleanup(rk_dkms_result_release) struct rk_dkms_result result = {0};
	struct rk_error err = RK_ERROR_INIT;
	const struct rk_dkms_request request = {
		.dir = pipeline->request->dir,
		.paths = &pipeline->build.modules,
		.name = options->name,
		.version = options->version,
		.replace = force,
	};

	if (rk_dkms_write(&request, &result, &err) < 0)
		return rk_cmd_fail(app, &err);
	if (app->format == RK_FORMAT_JSON)
		return print_json(app, &result);
	rk_output_text(app, "%s %s", result.unchanged ? "unchanged:" : "wrote",
		       result.path);
	if (!app->quiet)
		rk_output_text(
			app,
			"now, as uid 0: dkms add %s && dkms install %s/%s -k RELEASE",
			request.dir, result.name, result.version);
	return RK_EXIT_OK;
}

/* The names of the modules are known for certain once they are built. */
static enum rk_exit dkms(struct rk_app *app, const struct rk_folder *folder,
			 const struct rk_request *request, void *data)
{
	const struct options *options = data;
	const struct rk_build_request how = {
		.dir = request->dir,
		.top = request->top,
		.jobs = folder->jobs,
		.verbose = app->verbose,
		.on_line = rk_output_tool_line,
		.data = app,
	};
	cleanup(rk_pipeline_release) struct rk_pipeline pipeline;
	struct rk_error err = RK_ERROR_INIT;

	rk_pipeline_init(&pipeline, &app->machine, request);
	if (rk_pipeline_build(&pipeline, &how,
			      rk_request_is_on(request, RK_SETTING_PREPARE), &err) < 0)
		return rk_cmd_fail(app, &err);
	if (pipeline.build.make_status == 0)
		return write_conf(app, options, folder->common.force, &pipeline);
	rk_error_set(&err, RK_ETOOL, "the build failed; all it printed is in '%s'",
		     pipeline.build.log);
	rk_error_cure(&err, "dkms-nothing", "rkmod build says what is wrong");
	rk_cmd_fail(app, &err);
	return RK_EXIT_NO;
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	struct options options = {0};
	const struct rk_folder_command command = {
		.cmd = &cmd_dkms,
		.take = take_option,
		.work = dkms,
		.data = &options,
	};

	return rk_folder_run(app, argc, argv, &command);
}

static const struct rk_option own_options[] = {
	{"jobs", 'j', "N", "make's jobs"},
	{"name", OPTION_NAME, "NAME", "PACKAGE_NAME, instead of the module's"},
	{"module-version", OPTION_VERSION, "VERSION",
	 "PACKAGE_VERSION, instead of the module's or 0.1"},
	{0},
};

const struct rk_cmd cmd_dkms = {
	.name = "dkms",
	.args = "[DIR]",
	.summary = "write a dkms.conf that builds through rkmod",
	.options = own_options,
	.note = "--force also replaces a dkms.conf that is there.",
	.completes = RK_COMPLETES_DIRS,
	.compiler = true,
	.run = run,
};
