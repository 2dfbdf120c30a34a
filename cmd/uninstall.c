/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cmd/output.h"
#include "lib/install/place.h"
#include "lib/load/split.h"
#include "lib/pipeline/install.h"

enum {
	OPTION_MOD_PATH = 256,
	OPTION_FORCE,
};

struct options {
	struct rk_app *app;
	struct rk_common common;
	struct rk_strv names;
	const char *mod_path;
	bool force;
};

static void release_options(struct options *options)
{
	rk_strv_release(&options->names);
}

/* Return: RK_EXIT_OK to go on, or -1 after --help. */
static int parse_options(struct rk_app *app, int argc, char **argv, struct options *ret)
{
	int option;

	while ((option = rk_cmd_getopt(app, &cmd_uninstall, argc, argv, &ret->common)) >=
	       0) {
		if (option == RK_OPTION_HELP)
			return -1;
		if (option == OPTION_MOD_PATH)
			ret->mod_path = optarg;
		else if (option == OPTION_FORCE)
			ret->force = true;
		else
			return RK_EXIT_FAILED;
	}
	if (optind == argc)
		return (int)rk_cmd_usage(&cmd_uninstall);
	for (; optind < argc; optind++)
		rk_strv_add(&ret->names, argv[optind]);
	return RK_EXIT_OK;
}

/* Where: settings are read with the rights of the user. */
static int find_as_caller(void *data, struct rk_buf *answer)
{
	const struct options *options = data;
	struct rk_app app = *options->app;
	cleanup(rk_request_release) struct rk_request request = {0};
	cleanup(rk_pipeline_release) struct rk_pipeline pipeline = {0};
	cleanup_plan struct rk_install_plan plan = {.prefix = NULL};
	struct rk_error err = RK_ERROR_INIT;
	int status = RK_EXIT_FAILED;

	if (rk_machine_init(&app.machine, &err) < 0)
		return (int)rk_cmd_fail(&app, &err);
	if (rk_cmd_request(&app, ".", &options->common, &request)) {
		rk_pipeline_init(&pipeline, &app.machine, &request);
		if (rk_pipeline_install_place(&pipeline, options->mod_path, &plan, &err) <
			    0 ||
		    rk_install_plan_print(&plan, answer, &err) < 0)
			rk_cmd_fail(&app, &err);
		else
			status = RK_EXIT_OK;
	}
	rk_machine_release(&app.machine);
	return status;
}

static enum rk_exit print_result(const struct rk_app *app,
				 const struct rk_install_plan *plan,
				 const struct rk_install_result *result)
{
	struct rk_json *top;
	struct rk_json *files;

	for (size_t i = 0; i < result->paths.n_items; i++)
		rk_output_text(app, "removed %s%s",
			       plan->kind == RK_INSTALL_HOST ? "" : plan->prefix,
			       result->paths.items[i]);
	if (app->format != RK_FORMAT_JSON)
		return RK_EXIT_OK;
	top = rk_json_new_object();
	files = rk_json_new_array();
	for (size_t i = 0; i < result->paths.n_items; i++)
		rk_json_add_string(files, NULL, result->paths.items[i]);
	rk_json_add_bool(top, "ok", true);
	rk_json_add_string(top, "prefix", plan->prefix);
	rk_json_add(top, "removed", files);
	rk_json_add_bool(top, "depmod", result->depmod);
	return rk_output_json(app, top);
}

static enum rk_exit uninstall(struct rk_app *app, struct options *options)
{
	cleanup(rk_install_result_release) struct rk_install_result result = {
		.depmod = false};
	cleanup_plan struct rk_install_plan plan = {.prefix = NULL};
	cleanup_buf struct rk_buf answer = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	int status = RK_EXIT_FAILED;

	if (rk_strv_check(&options->names, &err) < 0 ||
	    rk_split_call(find_as_caller, options, &answer, &status, &err) < 0)
		return rk_cmd_fail(app, &err);
	if (status != RK_EXIT_OK)
		return RK_EXIT_FAILED;
	if (rk_install_plan_parse(rk_buf_str(&answer), &plan, &err) < 0 ||
	    rk_install_remove(&plan, &options->names, options->force, &result, &err) < 0)
		return rk_cmd_fail(app, &err);
	return print_result(app, &plan, &result);
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	cleanup(release_options) struct options options = {.app = app};
	int status = parse_options(app, argc, argv, &options);

	if (status != RK_EXIT_OK)
		return status < 0 ? RK_EXIT_OK : RK_EXIT_FAILED;
	return uninstall(app, &options);
}

static const struct rk_option own_options[] = {
	{"mod-path", OPTION_MOD_PATH, "DIR", "what --mod-path of rkmod install was"},
	{"force", OPTION_FORCE, NULL, "also files that have changed since"},
	{0},
};

const struct rk_cmd cmd_uninstall = {
	.name = "uninstall",
	.args = "NAME...",
	.summary = "remove modules that rkmod installed",
	.options = own_options,
	.note = "--kernel limits it to one kernel; else it is all that have the module.",
	.run = run,
};
