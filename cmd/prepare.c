/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/output.h"

enum {
	OPTION_AGAIN = 256,
	OPTION_EXPORT,
	OPTION_IMPORT,
	OPTION_VERIFY,
	MAX_EPOCH = 0x7fffffff, /* enough for tar */
};

struct options {
	struct rk_common common;
	struct rk_pipeline_prepare prepare;
	bool verify;
	const char *export_to;   /* NULL: nowhere */
	const char *import_from; /* NULL: made */
};

static bool take_option(int option, struct options *options)
{
	switch (option) {
	case 'j':
		return rk_cmd_jobs(optarg, &options->prepare.jobs);
	case OPTION_AGAIN:
		options->prepare.again = true;
		return true;
	case OPTION_EXPORT:
		options->export_to = optarg;
		return true;
	case OPTION_IMPORT:
		options->import_from = optarg;
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
	if (optind < argc || (ret->import_from && (ret->verify || ret->prepare.again)))
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

/* The time that what is exported gets (reproducible-builds.org). */
static int read_epoch(int64_t *ret, struct rk_error *err)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	char *end = NULL;

	*ret = -1; /* the kernel's own date */
	if (!text || !*text)
		return 0;
	errno = 0;
	*ret = strtoll(text, &end, 10);
	if (!errno && !*end && *ret >= 0 && *ret <= MAX_EPOCH)
		return 0;
	return rk_error_set(err, RK_EREFUSED,
			    "SOURCE_DATE_EPOCH is no number of seconds: '%s'", text);
}

static int export(const struct rk_pipeline *pipeline, const char *path,
		  struct rk_strv *written, struct rk_error *err)
{
	int64_t mtime;

	if (!path)
		return 0;
	if (read_epoch(&mtime, err) < 0)
		return -(int)err->code;
	return rk_metadata_export(pipeline->kernel, pipeline->metadata, path, mtime,
				  written, err);
}

static void print_text(const struct rk_app *app, const struct rk_pipeline *pipeline,
		       const struct rk_strv *written)
{
	const struct rk_metadata *metadata = pipeline->metadata;

	for (size_t i = 0; i < written->n_items; i++)
		rk_output_text(app, "wrote %s", written->items[i]);
	if (written->n_items)
		return;
	if (rk_metadata_is_set(metadata))
		rk_output_text(app, "prepared %zu of %zu Rust symbols of %s in %s",
			       metadata->n_exports, metadata->n_exports,
			       pipeline->kernel->release, metadata->dir);
	else
		rk_output_text(app, "the headers of %s hold their own Rust metadata: %s",
			       pipeline->kernel->release, metadata->dir);
}

static enum rk_exit print_json(const struct rk_app *app,
			       const struct rk_pipeline *pipeline,
			       const struct rk_strv *written)
{
	struct rk_json *top = rk_json_new_object();
	struct rk_json *exported = rk_json_new_array();

	for (size_t i = 0; i < written->n_items; i++)
		rk_json_add_string(exported, NULL, written->items[i]);

	rk_json_add_bool(top, "ok", true);
	rk_output_json_kernel(top, pipeline->kernel);
	rk_output_json_toolchain(top, pipeline->toolchain);
	rk_output_json_metadata(top, pipeline->metadata);
	rk_json_add_int(top, "metadata_ms", pipeline->metadata_ms);
	rk_json_add(top, "exported", exported);
	return rk_output_json(app, top);
}

static int get(struct rk_pipeline *pipeline, struct options *options,
	       struct rk_error *err)
{
	if (options->import_from)
		return rk_pipeline_import(pipeline, options->import_from, err);
	if (options->verify && verify(pipeline, &options->prepare, err) < 0)
		return -(int)err->code;
	return rk_pipeline_prepare(pipeline, &options->prepare, err);
}

static enum rk_exit prepare(struct rk_app *app, struct options *options,
			    const struct rk_request *request)
{
	cleanup(rk_pipeline_release) struct rk_pipeline pipeline;
	cleanup_strv struct rk_strv written = RK_STRV_INIT;
	struct rk_error err = RK_ERROR_INIT;

	rk_pipeline_init(&pipeline, &app->machine, request);
	if (get(&pipeline, options, &err) < 0 ||
	    export(&pipeline, options->export_to, &written, &err) < 0)
		return rk_cmd_fail(app, &err);
	if (app->format == RK_FORMAT_JSON)
		return print_json(app, &pipeline, &written);
	print_text(app, &pipeline, &written);
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
	{"export", OPTION_EXPORT, "FILE|DIR",
	 "write it as FILE.tar.xz or FILE.deb, or as both into DIR"},
	{"import", OPTION_IMPORT, "FILE.tar.xz",
	 "take what somebody exported, whose code rustc will run"},
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
