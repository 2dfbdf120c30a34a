/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/output.h"

enum {
	OPTION_AGAIN = 256,
	OPTION_VERIFY,
};

struct options {
	struct rk_common common;
	struct rk_pipeline_prepare prepare;
	bool verify;
};

static bool take_option(int option, struct options *options)
{
	switch (option) {
	case 'j':
		return rk_cmd_jobs(optarg, &options->prepare.jobs);
	case OPTION_AGAIN:
		options->prepare.again = true;
		return true;
	case OPTION_VERIFY:
		options->verify = true;
		return true;
	default:
		return false;
	}
}

/* Return: RK_EXIT_OK to go on, or -1 after --help. */
static int parse_options(struct rk_app *app, int argc, char **argv, struct options *ret)
{
	int option;

	while ((option = rk_cmd_getopt(app, &cmd_prepare, argc, argv, &ret->common)) >=
	       0) {
		if (option == RK_OPTION_HELP)
			return -1;
		if (!take_option(option, ret))
			return RK_EXIT_FAILED;
	}
	if (optind < argc)
		return (int)rk_cmd_usage(&cmd_prepare);
	return RK_EXIT_OK;
}

/* Hashes a set that is there; a damaged one is made anew. */
static int verify(struct rk_pipeline *pipeline, struct rk_pipeline_prepare *prepare,
		  struct rk_error *err)
{
	struct rk_error damage = RK_ERROR_INIT;

	if (rk_pipeline_find(pipeline, err) < 0)
		return -(int)err->code;
	if (rk_metadata_verify(pipeline->metadata, &damage) == 0)
		return 0;
	if (damage.code != RK_EFORMAT) {
		*err = damage;
		return -(int)err->code;
	}
	fprintf(stderr, "rkmod: %s: it is made anew\n", damage.msg);
	prepare->again = true;
	return 0;
}

static void print_text(const struct rk_app *app, const struct rk_pipeline *pipeline)
{
	const struct rk_metadata *metadata = pipeline->metadata;

	if (metadata->origin == RK_METADATA_CACHE)
		rk_output_text(app, "prepared %zu of %zu Rust symbols of %s in %s",
			       metadata->n_exports, metadata->n_exports,
			       pipeline->kernel->release, metadata->dir);
	else
		rk_output_text(app, "the headers of %s hold their own Rust metadata: %s",
			       pipeline->kernel->release, metadata->dir);
}

static enum rk_exit print_json(const struct rk_app *app,
			       const struct rk_pipeline *pipeline)
{
	struct rk_json *top = rk_json_new_object();

	rk_json_add_bool(top, "ok", true);
	rk_output_json_kernel(top, pipeline->kernel);
	rk_output_json_toolchain(top, pipeline->toolchain);
	rk_output_json_metadata(top, pipeline->metadata);
	rk_json_add_int(top, "metadata_ms", pipeline->metadata_ms);
	return rk_output_json(app, top);
}

static enum rk_exit prepare(struct rk_app *app, struct options *options,
			    const struct rk_request *request)
{
	cleanup(rk_pipeline_release) struct rk_pipeline pipeline;
	struct rk_error err = RK_ERROR_INIT;

	rk_pipeline_init(&pipeline, &app->machine, request);
	if ((options->verify && verify(&pipeline, &options->prepare, &err) < 0) ||
	    rk_pipeline_prepare(&pipeline, &options->prepare, &err) < 0)
		return rk_cmd_fail(app, &err);
	if (app->format == RK_FORMAT_JSON)
		return print_json(app, &pipeline);
	print_text(app, &pipeline);
	return RK_EXIT_OK;
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	cleanup(rk_request_release) struct rk_request request = {0};
	struct options options = {.verify = false};
	int status = parse_options(app, argc, argv, &options);

	if (status != RK_EXIT_OK)
		return status < 0 ? RK_EXIT_OK : RK_EXIT_FAILED;
	if (!rk_cmd_request(app, ".", &options.common, &request))
		return RK_EXIT_FAILED;
	return prepare(app, &options, &request);
}

static const struct rk_option own_options[] = {
	{"jobs", 'j', "N", "make's jobs"},
	{"again", OPTION_AGAIN, NULL, "make it anew even if it is there"},
	{"verify", OPTION_VERIFY, NULL, "compare every file with the hash it had"},
	{0},
};

const struct rk_cmd cmd_prepare = {
	.name = "prepare",
	.args = "",
	.summary = "make the Rust metadata of a kernel that ships none",
	.options = own_options,
	.compiler = true,
	.run = run,
};
