/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <sys/stat.h>

#include "cmd/annotate.h"
#include "cmd/output.h"
#include "lib/base/file.h"
#include "lib/pipeline/fmt.h"

enum {
	OPTION_CHECK = 256,
};

struct options {
	struct rk_common common;
	bool check;
	struct rk_strv paths;
};

static void release_options(struct options *options)
{
	rk_strv_release(&options->paths);
}

/* Return: RK_EXIT_OK to go on, or -1 after --help. */
static int parse_options(struct rk_app *app, int argc, char **argv, struct options *ret)
{
	int option;

	while ((option = rk_cmd_getopt(app, &cmd_fmt, argc, argv, &ret->common)) >= 0) {
		if (option == RK_OPTION_HELP)
			return -1;
		if (option != OPTION_CHECK)
			return RK_EXIT_FAILED;
		ret->check = true;
	}
	for (int i = optind; i < argc; i++)
		rk_strv_add(&ret->paths, argv[i]);
	if (optind == argc)
		rk_strv_add(&ret->paths, ".");
	return RK_EXIT_OK;
}

/* The folder whose settings count: the first that is named, or that of the first file. */
static int choose_dir(const struct rk_strv *paths, char **ret, struct rk_error *err)
{
	const char *path = paths->items[0];
	size_t len = (size_t)(rk_path_base(path) - path);
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return rk_strdup(path, ret, err);
	return len ? rk_format(ret, err, "%.*s", (int)len, path)
		   : rk_strdup(".", ret, err);
}

static void json_list(struct rk_json *to, const char *key, const struct rk_strv *list)
{
	struct rk_json *array = rk_json_new_array();

	for (size_t i = 0; i < list->n_items; i++)
		rk_json_add_string(array, NULL, list->items[i]);
	rk_json_add(to, key, array);
}

static enum rk_exit print_json(const struct rk_app *app,
			       const struct rk_pipeline *pipeline,
			       const struct rk_fmt_result *result, bool ok)
{
	struct rk_json *top = rk_json_new_object();

	rk_json_add_bool(top, "ok", ok);
	rk_json_add_int(top, "files", (int64_t)result->files.n_items);
	json_list(top, "changed", &result->changed);
	json_list(top, "broken", &result->broken);
	rk_output_json_findings(top, &pipeline->findings);
	return rk_output_json(app, top);
}

static void print_text(const struct rk_app *app, const struct options *options,
		       const struct rk_pipeline *pipeline,
		       const struct rk_fmt_result *result)
{
	for (size_t i = 0; !options->check && i < result->changed.n_items; i++)
		rk_output_text(app, "'%s' is written anew", result->changed.items[i]);
	rk_output_all_findings(app, &pipeline->findings);
	if (!app->quiet && !result->changed.n_items && !result->broken.n_items)
		rk_output_text(app, "%zu file%s, as rustfmt would write %s",
			       result->files.n_items,
			       result->files.n_items == 1 ? "" : "s",
			       result->files.n_items == 1 ? "it" : "them");
	fflush(app->out);
	fputs(rk_buf_str(&result->said), stderr);
}

static enum rk_exit format(struct rk_app *app, const struct options *options,
			   const struct rk_request *asked)
{
	cleanup(rk_fmt_result_release) struct rk_fmt_result result = {0};
	cleanup(rk_pipeline_release) struct rk_pipeline pipeline;
	const struct rk_fmt_request request = {.paths = &options->paths,
					       .check = options->check};
	struct rk_error err = RK_ERROR_INIT;
	bool ok;

	rk_pipeline_init(&pipeline, &app->machine, asked);
	if (rk_pipeline_fmt(&pipeline, &request, &result, &err) < 0)
		return rk_cmd_fail(app, &err);
	ok = !result.broken.n_items && (!options->check || !result.changed.n_items);
	if (app->format == RK_FORMAT_JSON &&
	    print_json(app, &pipeline, &result, ok) != RK_EXIT_OK)
		return RK_EXIT_FAILED;
	if (rk_annotate_is_asked(app) &&
	    rk_annotate_answer(app, &pipeline, NULL) != RK_EXIT_OK)
		return RK_EXIT_FAILED;
	print_text(app, options, &pipeline, &result);
	return ok ? RK_EXIT_OK : RK_EXIT_NO;
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	cleanup(rk_request_release) struct rk_request request = {0};
	cleanup(release_options) struct options options = {0};
	int status = parse_options(app, argc, argv, &options);
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *dir = NULL;

	if (status != RK_EXIT_OK)
		return status < 0 ? RK_EXIT_OK : RK_EXIT_FAILED;
	if (rk_strv_check(&options.paths, &err) < 0 ||
	    choose_dir(&options.paths, &dir, &err) < 0)
		return rk_cmd_fail(app, &err);
	if (!rk_cmd_request(app, dir, &options.common, &request))
		return RK_EXIT_FAILED;
	return format(app, &options, &request);
}

static const struct rk_option own_options[] = {
	{"check", OPTION_CHECK, NULL, "write nothing; status 1 if a file would change"},
	{0},
};

const struct rk_cmd cmd_fmt = {
	.name = "fmt",
	.args = "[FILE.rs|DIR]...",
	.summary = "format Rust files as the kernel's own are",
	.options = own_options,
	.completes = RK_COMPLETES_FILES,
	.annotates = true,
	.run = run,
};
