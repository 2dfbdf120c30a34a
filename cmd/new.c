/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cmd/output.h"
#include "lib/base/file.h"
#include "lib/pipeline/new.h"

enum {
	OPTION_KIND = 256,
	OPTION_CI,
	OPTION_HOOK,
	OPTION_NO_GIT,
};

struct options {
	struct rk_common common;
	const char *path;
	enum rk_template_kind kind;
	enum rk_new_ci ci;
	bool hook;
	bool no_git;
};

static bool take_kind(const char *name, enum rk_template_kind *ret)
{
	if (rk_template_kind_find(name, ret))
		return true;
	fprintf(stderr, "rkmod: --kind is minimal, params, miscdev or mixed, not '%s'\n",
		name);
	return false;
}

static bool take_ci(const char *name, enum rk_new_ci *ret)
{
	if (strcmp(name, "github") == 0)
		*ret = RK_NEW_CI_GITHUB;
	else if (strcmp(name, "gitlab") == 0)
		*ret = RK_NEW_CI_GITLAB;
	else
		fprintf(stderr, "rkmod: --ci is github or gitlab, not '%s'\n", name);
	return *ret != RK_NEW_CI_NONE;
}

static bool take_option(int option, struct options *options)
{
	switch (option) {
	case OPTION_KIND:
		return take_kind(optarg, &options->kind);
	case OPTION_CI:
		return take_ci(optarg, &options->ci);
	case OPTION_HOOK:
		options->hook = true;
		return true;
	case OPTION_NO_GIT:
		options->no_git = true;
		return true;
	default:
		return false;
	}
}

/* Return: RK_EXIT_OK to go on, or -1 after --help. */
static int parse_options(struct rk_app *app, int argc, char **argv, struct options *ret)
{
	int option;

	while ((option = rk_cmd_getopt(app, &cmd_new, argc, argv, &ret->common)) >= 0) {
		if (option == RK_OPTION_HELP)
			return -1;
		if (!take_option(option, ret))
			return RK_EXIT_FAILED;
	}
	if (argc - optind != 1)
		return (int)rk_cmd_usage(&cmd_new);
	if (ret->hook && ret->no_git) {
		fputs("rkmod: --hook needs a repository: not with --no-git\n", stderr);
		return RK_EXIT_FAILED;
	}
	ret->path = argv[optind];
	return RK_EXIT_OK;
}

static enum rk_exit print_json(const struct rk_app *app, const struct options *options,
			       const struct rk_pipeline *pipeline,
			       const struct rk_new_result *result)
{
	struct rk_json *top = rk_json_new_object();
	struct rk_json *files = rk_json_new_array();
	struct rk_json *form = rk_json_new_object();

	rk_json_add_string(top, "dir", result->dir);
	rk_json_add_string(top, "name", result->name);
	rk_json_add_string(top, "kind", rk_template_kind_name(options->kind));
	rk_json_add_string(top, "kernel",
			   pipeline->kernel ? pipeline->kernel->release : NULL);
	rk_json_add_bool(form, "byte_strings", result->api.byte_strings);
	rk_json_add_bool(form, "authors", result->api.authors);
	rk_json_add_bool(form, "params", result->api.params);
	rk_json_add_bool(form, "miscdevice", result->api.miscdevice);
	rk_json_add_string(form, "from", result->api.from);
	rk_json_add(top, "form", form);
	for (size_t i = 0; i < result->files.n_items; i++)
		rk_json_add_string(files, NULL, result->files.items[i]);
	rk_json_add(top, "files", files);
	rk_json_add_bool(top, "repository", result->repository);
	rk_json_add_bool(top, "saved", !result->unsaved);
	rk_json_add_string(top, "hook", result->hook);
	return rk_output_json(app, top);
}

static void print_text(const struct rk_app *app, const struct rk_pipeline *pipeline,
		       const struct rk_new_result *result)
{
	const struct rk_kernel *kernel = pipeline->kernel;

	if (app->quiet)
		return;
	if (!kernel)
		rk_output_text(
			app,
			"'%s' is made, in the newest form: no kernel with headers was found",
			result->dir);
	else if (!kernel->rust)
		rk_output_text(app,
			       "'%s' is made, in the newest form: kernel %s has Rust off",
			       result->dir, kernel->release);
	else
		rk_output_text(app, "'%s' is made for kernel %s, by %s", result->dir,
			       kernel->release, result->api.from);
	if (result->unsaved)
		rk_output_text(
			app,
			"it is in the repository '%s': name the kernel in its rkmod.json",
			result->around);
	if (result->hook)
		rk_output_text(app, "'%s' checks what is staged", result->hook);
}

static enum rk_exit make(struct rk_app *app, const struct options *options,
			 const struct rk_request *asked)
{
	cleanup(rk_new_result_release) struct rk_new_result result = {0};
	cleanup(rk_pipeline_release) struct rk_pipeline pipeline;
	cleanup_free char *program = NULL;
	struct rk_error err = RK_ERROR_INIT;
	struct rk_new_request request = {
		.path = options->path,
		.kind = options->kind,
		.ci = options->ci,
		.git = !options->no_git,
	};

	rk_pipeline_init(&pipeline, &app->machine, asked);
	if (options->hook && rk_path_real("/proc/self/exe", &program, &err) < 0)
		return rk_cmd_fail(app, &err);
	request.program = program;
	if (rk_pipeline_new(&pipeline, &request, &result, &err) < 0)
		return rk_cmd_fail(app, &err);
	if (app->format == RK_FORMAT_JSON)
		return print_json(app, options, &pipeline, &result);
	print_text(app, &pipeline, &result);
	return RK_EXIT_OK;
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	cleanup(rk_request_release) struct rk_request request = {0};
	struct options options = {0};
	int status = parse_options(app, argc, argv, &options);

	if (status != RK_EXIT_OK)
		return status < 0 ? RK_EXIT_OK : RK_EXIT_FAILED;
	if (!rk_cmd_request(app, ".", &options.common, &request))
		return RK_EXIT_FAILED;
	return make(app, &options, &request);
}

static const struct rk_option own_options[] = {
	{"kind", OPTION_KIND, "minimal|params|miscdev|mixed",
	 "what the module is to start from: nothing, parameters,\n"
	 "a misc device, or Rust and C"},
	{"ci", OPTION_CI, "github|gitlab", "add a file for their CI"},
	{"hook", OPTION_HOOK, NULL, "install the hook that checks what is staged"},
	{"no-git", OPTION_NO_GIT, NULL, "make no repository"},
	{0},
};

const struct rk_cmd cmd_new = {
	.name = "new",
	.args = "NAME",
	.summary = "a repository with a module in the form that the kernel wants",
	.options = own_options,
	.run = run,
};
