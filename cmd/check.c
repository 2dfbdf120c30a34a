/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>

#include "cmd/annotate.h"
#include "cmd/check-staged.h"
#include "lib/module/find.h"

enum {
	OPTION_ALL = 256,
	OPTION_CERT,
	OPTION_EXTRA_SYMBOLS,
	OPTION_HOOK,
	OPTION_NO_CACHE,
	OPTION_NO_FMT,
	OPTION_PARAM,
	OPTION_RUNNING,
	OPTION_SKIP_DIGESTS,
	OPTION_STAGED,
	OPTION_STRICT,
};

struct options {
	struct rk_common common;
	bool all;
	bool strict;
	bool running;
	bool skip_digests;
	bool staged;
	struct rk_check_staged how; /* with --staged */
	struct rk_strv params;
	struct rk_strv certs;
	struct rk_strv paths;
	struct rk_strv extra_symbols;
};

static void release_options(struct options *options)
{
	rk_strv_release(&options->params);
	rk_strv_release(&options->certs);
	rk_strv_release(&options->paths);
	rk_strv_release(&options->extra_symbols);
}

/* Return: false if it is none of the command's own. */
static bool take_option(int option, struct options *ret)
{
	switch (option) {
	case OPTION_ALL:
		ret->all = true;
		return true;
	case OPTION_CERT:
		rk_strv_add(&ret->certs, optarg);
		return true;
	case OPTION_EXTRA_SYMBOLS:
		rk_strv_add(&ret->extra_symbols, optarg);
		return true;
	case OPTION_HOOK:
		ret->how.hook = true;
		return true;
	case OPTION_NO_CACHE:
		ret->how.anew = true;
		return true;
	case OPTION_NO_FMT:
		ret->how.no_fmt = true;
		return true;
	case OPTION_PARAM:
		rk_strv_add(&ret->params, optarg);
		return true;
	case OPTION_RUNNING:
		ret->running = true;
		return true;
	case OPTION_SKIP_DIGESTS:
		ret->skip_digests = true;
		return true;
	case OPTION_STAGED:
		ret->staged = true;
		return true;
	case OPTION_STRICT:
		ret->strict = true;
		return true;
	default:
		return false;
	}
}

/* Return: RK_EXIT_OK to go on, or -1 after --help. */
static int parse_options(struct rk_app *app, int argc, char **argv, struct options *ret)
{
	int option;

	while ((option = rk_cmd_getopt(app, &cmd_check, argc, argv, &ret->common)) >= 0) {
		if (option == RK_OPTION_HELP)
			return -1;
		if (!take_option(option, ret))
			return RK_EXIT_FAILED;
	}
	if (ret->staged ? optind < argc || ret->all : optind == argc && !ret->all)
		return (int)rk_cmd_usage(&cmd_check);
	for (; optind < argc; optind++)
		rk_strv_add(&ret->paths, argv[optind]);
	return RK_EXIT_OK;
}

/* Every module of the target kernel. */
static int find_all(struct rk_pipeline *pipeline, struct rk_strv *ret,
		    struct rk_error *err)
{
	cleanup_free char *dir = NULL;
	const struct rk_kernel *kernel;

	if (rk_pipeline_kernel(pipeline, err) < 0)
		return -(int)err->code;
	kernel = pipeline->kernel;
	if (!kernel->modules_dir[0]) {
		rk_error_set(err, RK_ENOTFOUND, "there is no '/lib/modules/%s'",
			     kernel->release);
		return rk_error_cure(err, "no-module", "install the kernel's modules");
	}
	if (rk_root_host_path(kernel->root, kernel->modules_dir, &dir, err) < 0)
		return -(int)err->code;
	return rk_module_find(dir, ret, err);
}

static int find_modules(const struct options *options, struct rk_pipeline *pipeline,
			struct rk_strv *ret, struct rk_error *err)
{
	if (rk_strv_check(&options->paths, err) < 0 ||
	    rk_strv_check(&options->extra_symbols, err) < 0 ||
	    rk_strv_check(&options->certs, err) < 0 ||
	    rk_strv_check(&options->params, err) < 0 ||
	    (options->all && find_all(pipeline, ret, err) < 0))
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
	pipeline.extra_symbols = &options->extra_symbols;
	pipeline.judging =
		(struct rk_pipeline_judging){.certs = &options->certs,
					     .skip_digests = options->skip_digests,
					     .running = options->running,
					     .params = &options->params};
	if (find_modules(options, &pipeline, &files, &err) < 0 ||
	    rk_pipeline_check(&pipeline, &files, &err) < 0)
		return rk_cmd_fail(app, &err);
	ok = is_good(&pipeline, options->strict);
	if (app->format == RK_FORMAT_JSON && print_json(app, &pipeline, ok) != RK_EXIT_OK)
		return RK_EXIT_FAILED;
	if (rk_annotate_is_asked(app) &&
	    rk_annotate_answer(app, &pipeline, NULL) != RK_EXIT_OK)
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
	options.how.strict = options.strict;
	if (options.staged)
		return rk_check_staged(app, &options.how, &options.common);
	if (!rk_cmd_request(app, ".", &options.common, &request))
		return RK_EXIT_FAILED;
	return check(app, &options, &request);
}

static const struct rk_option own_options[] = {
	{"all", OPTION_ALL, NULL, "every module of the target kernel"},
	{"cert", OPTION_CERT, "FILE", "a certificate that the kernel trusts, PEM or DER"},
	{"extra-symbols", OPTION_EXTRA_SYMBOLS, "FILE",
	 "what other modules export, as Kbuild wrote it into\n"
	 "their Module.symvers (also KBUILD_EXTRA_SYMBOLS)"},
	{"param", OPTION_PARAM, "NAME=VALUE",
	 "a parameter as it will be given to the module"},
	{"running", OPTION_RUNNING, NULL,
	 "the kernel that runs here, in the state it is in"},
	{"skip-digests", OPTION_SKIP_DIGESTS, NULL,
	 "believe the signatures of keys that it trusts"},
	{"staged", OPTION_STAGED, NULL,
	 "build and check what git has staged, as the hook does"},
	{"hook", OPTION_HOOK, NULL, "with --staged: git runs it, say how to go past it"},
	{"no-fmt", OPTION_NO_FMT, NULL, "with --staged: do not ask rustfmt"},
	{"no-cache", OPTION_NO_CACHE, NULL, "with --staged: do not use kept answers"},
	{"strict", OPTION_STRICT, NULL, "undecided is a failure, too"},
	{0},
};

const struct rk_cmd cmd_check = {
	.name = "check",
	.args = "FILE.ko|DIR...|--all|--staged",
	.summary = "what the kernel's loader will say to modules",
	.options = own_options,
	.completes = RK_COMPLETES_MODULES,
	.annotates = true,
	.run = run,
};
