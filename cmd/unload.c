/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>
#include <stdio.h>

#include "cmd/load-report.h"
#include "cmd/output.h"
#include "lib/load/unload.h"

enum {
	OPTION_TIMEOUT = 256,
	OPTION_WAIT,
	DEFAULT_SECONDS = 60,
	MAX_SECONDS = 24 * 60 * 60,
};

struct options {
	struct rk_common common;
	struct rk_unload_request request;
	struct rk_strv names;
};

static void release_options(struct options *options)
{
	rk_strv_release(&options->names);
}

static bool take_option(int option, struct options *ret)
{
	char *end = NULL;
	long seconds;

	if (option == OPTION_WAIT) {
		ret->request.wait = true;
		return true;
	}
	if (option != OPTION_TIMEOUT)
		return false;
	seconds = strtol(optarg, &end, 10);
	if (end == optarg || *end || seconds < 1 || seconds > MAX_SECONDS) {
		fprintf(stderr, "rkmod: --timeout is a number from 1 to %d, not '%s'\n",
			MAX_SECONDS, optarg);
		return false;
	}
	ret->request.timeout_ms = (int)seconds * 1000;
	return true;
}

/* Return: RK_EXIT_OK to go on, or -1 after --help. */
static int parse_options(struct rk_app *app, int argc, char **argv, struct options *ret)
{
	int option;

	while ((option = rk_cmd_getopt(app, &cmd_unload, argc, argv, &ret->common)) >=
	       0) {
		if (option == RK_OPTION_HELP)
			return -1;
		if (!take_option(option, ret))
			return RK_EXIT_FAILED;
	}
	if (optind == argc)
		return (int)rk_cmd_usage(&cmd_unload);
	for (; optind < argc; optind++)
		rk_strv_add(&ret->names, argv[optind]);
	ret->request.names = &ret->names;
	return RK_EXIT_OK;
}

static enum rk_exit print_json(const struct rk_app *app, const struct rk_unload *unload)
{
	struct rk_json *top = rk_json_new_object();
	struct rk_json *modules = rk_json_new_array();

	rk_json_add_bool(top, "ok", true);
	for (size_t i = 0; i < unload->n_items; i++) {
		struct rk_json *item = rk_json_new_object();

		rk_json_add_string(item, "name", unload->items[i].name);
		rk_load_report_json_log(item, &unload->items[i].log);
		rk_json_add(modules, NULL, item);
	}
	rk_json_add(top, "modules", modules);
	return rk_output_json(app, top);
}

static void print_text(const struct rk_app *app, const struct rk_unload *unload)
{
	for (size_t i = 0; i < unload->n_items; i++) {
		if (!unload->items[i].is_done)
			continue;
		rk_output_text(app, "%s: unloaded", unload->items[i].name);
		rk_load_report_log(app, &unload->items[i].log);
	}
}

static enum rk_exit unload(struct rk_app *app, const struct options *options)
{
	cleanup(rk_unload_release) struct rk_unload result = {0};
	struct rk_error err = RK_ERROR_INIT;

	if (rk_strv_check(&options->names, &err) < 0)
		return rk_cmd_fail(app, &err);
	rk_load_catch_signals();
	if (rk_unload_run(&app->machine, &app->rights, &options->request, &result, &err) <
	    0) {
		print_text(app, &result);
		rk_cmd_fail(app, &err);
		return err.code == RK_EREFUSED ? RK_EXIT_NO : RK_EXIT_FAILED;
	}
	if (app->format == RK_FORMAT_JSON)
		return print_json(app, &result);
	print_text(app, &result);
	return RK_EXIT_OK;
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	cleanup(release_options) struct options options = {
		.request = {.timeout_ms = DEFAULT_SECONDS * 1000}};
	struct rk_error err = RK_ERROR_INIT;
	int status = parse_options(app, argc, argv, &options);

	if (status != RK_EXIT_OK)
		return status < 0 ? RK_EXIT_OK : RK_EXIT_FAILED;
	if (app->rights.socket < 0) {
		rk_rights_missing(argv, &err);
		return rk_cmd_fail(app, &err);
	}
	return unload(app, &options);
}

static const struct rk_option own_options[] = {
	{"wait", OPTION_WAIT, NULL, "until nobody uses them"},
	{"timeout", OPTION_TIMEOUT, "SECONDS", "how long at most, 60 if not given"},
	{0},
};

const struct rk_cmd cmd_unload = {
	.name = "unload",
	.args = "NAME...",
	.summary = "remove modules, and say who uses those that cannot be",
	.options = own_options,
	.completes = RK_COMPLETES_LOADED,
	.changes_kernel = true,
	.run = run,
};
