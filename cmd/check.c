/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>

#include "cmd/cmd.h"
#include "cmd/output.h"
#include "lib/module/find.h"

enum {
	OPTION_STRICT = 256,
};

struct options {
	struct rk_common common;
	bool strict;
	struct rk_strv paths;
};

static void release_options(struct options *options)
{
	rk_strv_release(&options->paths);
}

/* Return: RK_EXIT_OK to go on, or -1 after --help. */
static int parse_options(struct rk_app *app, int argc, char **argv, struct options *ret)
{
	static const struct option longs[] = {
		{"strict", no_argument, NULL, OPTION_STRICT},
		{0},
	};
	int option;

	while ((option = rk_cmd_getopt(app, &cmd_check, argc, argv, longs,
				       &ret->common)) >= 0) {
		if (option == RK_OPTION_HELP)
			return -1;
		if (option != OPTION_STRICT)
			return RK_EXIT_FAILED;
		ret->strict = true;
	}
	if (optind == argc)
		return (int)rk_cmd_usage(&cmd_check);
	for (; optind < argc; optind++)
		rk_strv_add(&ret->paths, argv[optind]);
	return RK_EXIT_OK;
}

static int find_modules(const struct options *options, struct rk_strv *ret,
			struct rk_error *err)
{
	if (rk_strv_check(&options->paths, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < options->paths.n_items; i++)
		if (rk_module_find(options->paths.items[i], ret, err) < 0)
			return -(int)err->code;
	return 0;
}

/* Undecided is no failure, unless the caller wants to be sure. */
static bool is_good(const struct rk_pipeline *pipeline, bool strict)
{
	for (size_t i = 0; strict && i < pipeline->n_modules; i++)
		if (pipeline->modules[i].verdict.answer == RK_ANSWER_UNDECIDED)
			return false;
	return rk_pipeline_is_good(pipeline);
}

static enum rk_exit print_json(const struct rk_app *app,
			       const struct rk_pipeline *pipeline, bool ok)
{
	struct rk_json *top = rk_json_new_object();

	rk_json_add_bool(top, "ok", ok);
	rk_output_json_kernel(top, pipeline->kernel);
	rk_output_json_modules(top, pipeline);
	return rk_output_json(app, top);
}

static enum rk_exit check(struct rk_app *app, const struct options *options,
			  const struct rk_request *request)
{
	cleanup(rk_pipeline_release) struct rk_pipeline pipeline;
	cleanup_strv struct rk_strv files = RK_STRV_INIT;
	struct rk_error err = RK_ERROR_INIT;
	bool ok;

	rk_pipeline_init(&pipeline, &app->machine, request);
	if (find_modules(options, &files, &err) < 0 ||
	    rk_pipeline_check(&pipeline, &files, &err) < 0)
		return rk_cmd_fail(app, &err);
	ok = is_good(&pipeline, options->strict);
	if (app->format == RK_FORMAT_JSON && print_json(app, &pipeline, ok) != RK_EXIT_OK)
		return RK_EXIT_FAILED;
	rk_output_modules(app, &pipeline);
	return ok ? RK_EXIT_OK : RK_EXIT_NO;
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	cleanup(rk_request_release) struct rk_request request = {0};
	cleanup(release_options) struct options options = {0};
	int status = parse_options(app, argc, argv, &options);

	if (status != RK_EXIT_OK)
		return status < 0 ? RK_EXIT_OK : RK_EXIT_FAILED;
	if (!rk_cmd_request(app, ".", &options.common, &request))
		return RK_EXIT_FAILED;
	return check(app, &options, &request);
}

const struct rk_cmd cmd_check = {
	.name = "check",
	.args = "FILE.ko|DIR...",
	.summary = "what the kernel's loader will say to modules",
	.help = "      --strict            undecided is a failure, too\n",
	.run = run,
};
