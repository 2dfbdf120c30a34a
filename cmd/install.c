/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <sys/stat.h>

#include "cmd/output.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/install/place.h"
#include "lib/load/split.h"
#include "lib/pipeline/install.h"

enum {
	OPTION_MOD_PATH = 256,
	OPTION_MOD_DIR,
	OPTION_STRIP,
	OPTION_FORCE,
};

struct options {
	struct rk_app *app;
	struct rk_common common;
	struct rk_strv what;
	const char *mod_path; /* NULL: the kernel's own place */
	const char *mod_dir;
	bool strip;
	bool force;
};

static void release_options(struct options *options)
{
	rk_strv_release(&options->what);
}

static bool take_option(int option, struct options *options)
{
	switch (option) {
	case OPTION_MOD_PATH:
		options->mod_path = optarg;
		return true;
	case OPTION_MOD_DIR:
		options->mod_dir = optarg;
		return true;
	case OPTION_STRIP:
		options->strip = true;
		return true;
	case OPTION_FORCE:
		options->force = true;
		return true;
	default:
		return false;
	}
}

/* Return: RK_EXIT_OK to go on, or -1 after --help. */
static int parse_options(struct rk_app *app, int argc, char **argv, struct options *ret)
{
	int option;

	while ((option = rk_cmd_getopt(app, &cmd_install, argc, argv, &ret->common)) >=
	       0) {
		if (option == RK_OPTION_HELP)
			return -1;
		if (!take_option(option, ret))
			return RK_EXIT_FAILED;
	}
	for (; optind < argc; optind++)
		rk_strv_add(&ret->what, argv[optind]);
	if (!ret->what.n_items)
		rk_strv_add(&ret->what, ".");
	return RK_EXIT_OK;
}

/* ---- with the rights of the user ---- */

static enum rk_exit print_refusal(const struct rk_app *app,
				  const struct rk_pipeline *pipeline)
{
	struct rk_json *top;

	if (app->format != RK_FORMAT_JSON)
		return RK_EXIT_NO;
	top = rk_json_new_object();
	rk_json_add_bool(top, "ok", false);
	rk_output_json_modules(top, pipeline);
	return rk_output_json(app, top) == RK_EXIT_OK ? RK_EXIT_NO : RK_EXIT_FAILED;
}

static const char *folder_of(const struct options *options)
{
	struct stat st;

	return options->what.n_items == 1 && stat(options->what.items[0], &st) == 0 &&
			       S_ISDIR(st.st_mode)
		       ? options->what.items[0]
		       : ".";
}

static int stage(struct rk_app *app, const struct options *options,
		 const struct rk_request *request, struct rk_buf *answer)
{
	const struct rk_pipeline_install install = {
		.what = &options->what,
		.mod_path = options->mod_path,
		.mod_dir = options->mod_dir,
		.strip = options->strip,
	};
	cleanup(rk_pipeline_release) struct rk_pipeline pipeline;
	cleanup_plan struct rk_install_plan plan = {.prefix = NULL};
	struct rk_error err = RK_ERROR_INIT;

	rk_pipeline_init(&pipeline, &app->machine, request);
	if (rk_strv_check(&options->what, &err) < 0 ||
	    rk_pipeline_install(&pipeline, &install, &plan, &err) < 0)
		return (int)rk_cmd_fail(app, &err);
	rk_output_modules(app, &pipeline);
	if (!rk_pipeline_is_good(&pipeline))
		return (int)print_refusal(app, &pipeline);
	if (rk_install_plan_print(&plan, answer, &err) < 0)
		return (int)rk_cmd_fail(app, &err);
	return RK_EXIT_OK;
}

/* In another process, it may be, with another home: its machine is asked for again. */
static int stage_as_caller(void *data, struct rk_buf *answer)
{
	struct options *options = data;
	struct rk_app app = *options->app;
	cleanup(rk_request_release) struct rk_request request = {0};
	struct rk_error err = RK_ERROR_INIT;
	int status;

	if (rk_machine_init(&app.machine, &err) < 0)
		return (int)rk_cmd_fail(&app, &err);
	status = rk_cmd_request(&app, folder_of(options), &options->common, &request)
			 ? stage(&app, options, &request, answer)
			 : RK_EXIT_FAILED;
	rk_machine_release(&app.machine);
	return status;
}

static int remove_as_caller(void *data, struct rk_buf *answer)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *dir = NULL;
	const struct rk_install_plan *plan = data;
	size_t len = strlen(plan->stage);

	(void)answer;
	if (len < 5 || strcmp(plan->stage + len - 5, "/root") != 0)
		return RK_EXIT_FAILED;
	if (rk_format(&dir, &err, "%.*s", (int)len - 5, plan->stage) < 0 ||
	    rk_dir_remove(dir, &err) < 0)
		rk_log(RK_LOG_WARNING, "%s", err.msg);
	return RK_EXIT_OK;
}

/* ---- with the right to write ---- */

static enum rk_exit print_result(const struct rk_app *app,
				 const struct rk_install_plan *plan,
				 const struct rk_install_result *result)
{
	struct rk_json *top;
	struct rk_json *files;

	for (size_t i = 0; i < result->paths.n_items; i++)
		rk_output_text(app, "installed %s%s",
			       plan->kind == RK_INSTALL_HOST ? "" : plan->prefix,
			       result->paths.items[i]);
	if (app->format != RK_FORMAT_JSON)
		return RK_EXIT_OK;
	top = rk_json_new_object();
	files = rk_json_new_array();
	for (size_t i = 0; i < result->paths.n_items; i++)
		rk_json_add_string(files, NULL, result->paths.items[i]);
	rk_json_add_bool(top, "ok", true);
	rk_json_add_string(top, "release", plan->release);
	rk_json_add_string(top, "prefix", plan->prefix);
	rk_json_add(top, "installed", files);
	rk_json_add_bool(top, "depmod", result->depmod);
	return rk_output_json(app, top);
}

static enum rk_exit place(const struct rk_app *app, const struct options *options,
			  struct rk_install_plan *plan)
{
	cleanup(rk_install_result_release) struct rk_install_result result = {
		.depmod = false};
	cleanup_buf struct rk_buf nothing = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	struct rk_error ignored = RK_ERROR_INIT;
	int r = rk_install_place(plan, options->force, &result, &err);
	int status;

	if (rk_split_call(remove_as_caller, plan, &nothing, &status, &ignored) < 0)
		rk_log(RK_LOG_WARNING, "%s", ignored.msg);
	return r < 0 ? rk_cmd_fail(app, &err) : print_result(app, plan, &result);
}

static enum rk_exit install(struct rk_app *app, struct options *options)
{
	cleanup_plan struct rk_install_plan plan = {.prefix = NULL};
	cleanup_buf struct rk_buf answer = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	int status = RK_EXIT_FAILED;

	if (rk_split_call(stage_as_caller, options, &answer, &status, &err) < 0)
		return rk_cmd_fail(app, &err);
	if (status != RK_EXIT_OK)
		return status == RK_EXIT_NO ? RK_EXIT_NO : RK_EXIT_FAILED;
	if (rk_install_plan_parse(rk_buf_str(&answer), &plan, &err) < 0)
		return rk_cmd_fail(app, &err);
	return place(app, options, &plan);
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	cleanup(release_options) struct options options = {.app = app,
							   .mod_dir = "updates"};
	int status = parse_options(app, argc, argv, &options);

	if (status != RK_EXIT_OK)
		return status < 0 ? RK_EXIT_OK : RK_EXIT_FAILED;
	return install(app, &options);
}

static const struct rk_option own_options[] = {
	{"mod-path", OPTION_MOD_PATH, "DIR",
	 "INSTALL_MOD_PATH: below DIR, instead of where the kernel is"},
	{"mod-dir", OPTION_MOD_DIR, "NAME",
	 "INSTALL_MOD_DIR: below /lib/modules/RELEASE, 'updates'\n"
	 "if not given"},
	{"strip", OPTION_STRIP, NULL, "INSTALL_MOD_STRIP: without debug information"},
	{"force", OPTION_FORCE, NULL, "replace files that rkmod did not install"},
	{0},
};

const struct rk_cmd cmd_install = {
	.name = "install",
	.args = "[DIR|FILE.ko...]",
	.summary = "install modules where modprobe finds them, checked",
	.options = own_options,
	.completes = RK_COMPLETES_MODULES,
	.run = run,
};
