/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>

#include "cmd/cmd.h"
#include "cmd/output.h"
#include "lib/load/status.h"

enum {
	OPTION_ALL = 256,
	OPTION_FILE,
};

struct options {
	struct rk_common common;
	const char *name; /* NULL: all that are not the kernel's own */
	const char *file;
	bool all;
};

/* Return: RK_EXIT_OK to go on, or -1 after --help. */
static int parse_options(struct rk_app *app, int argc, char **argv, struct options *ret)
{
	int option;

	while ((option = rk_cmd_getopt(app, &cmd_status, argc, argv, &ret->common)) >=
	       0) {
		if (option == RK_OPTION_HELP)
			return -1;
		if (option == OPTION_ALL)
			ret->all = true;
		else if (option == OPTION_FILE)
			ret->file = optarg;
		else
			return RK_EXIT_FAILED;
	}
	if (optind < argc)
		ret->name = argv[optind++];
	if (optind < argc || (ret->file && !ret->name))
		return (int)rk_cmd_usage(&cmd_status);
	return RK_EXIT_OK;
}

static const char *same_text(enum rk_same same)
{
	switch (same) {
	case RK_SAME_YES:
		return "the file is the loaded one (same build-id)";
	case RK_SAME_NO:
		return "the file is another than the loaded one (other build-id)";
	default:
		return "whether the file is the loaded one is not known";
	}
}

static void print_module(const struct rk_app *app, const struct rk_status *status)
{
	rk_output_text(app, "%s: %s", status->name, status->state);
	if (status->references >= 0)
		rk_output_text(app, "  references: %lld", (long long)status->references);
	for (size_t i = 0; i < status->holders.n_items; i++)
		rk_output_text(app, "  used by: %s", status->holders.items[i]);
	for (size_t i = 0; i < status->parameters.n_items; i++)
		rk_output_text(app, "  parameter: %s", status->parameters.items[i]);
	if (status->taint[0])
		rk_output_text(app, "  taints: %s", status->taint);
	if (status->build_id[0])
		rk_output_text(app, "  build-id: %s", status->build_id);
	if (!status->path) {
		rk_output_text(app, "  file: not known");
		return;
	}
	rk_output_text(app, "  file: %s", status->path);
	rk_output_text(app, "  %s", same_text(status->same));
}

static void add_list(struct rk_json *to, const char *key, const struct rk_strv *list)
{
	struct rk_json *array = rk_json_new_array();

	for (size_t i = 0; i < list->n_items; i++)
		rk_json_add_string(array, NULL, list->items[i]);
	rk_json_add(to, key, array);
}

static struct rk_json *json_module(const struct rk_status *status)
{
	static const char *const same[] = {[RK_SAME_UNKNOWN] = "unknown",
					   [RK_SAME_YES] = "yes",
					   [RK_SAME_NO] = "no"};
	struct rk_json *item = rk_json_new_object();

	rk_json_add_string(item, "name", status->name);
	rk_json_add_string(item, "state", status->state);
	rk_json_add_int(item, "size", status->size);
	rk_json_add_int(item, "references", status->references);
	add_list(item, "holders", &status->holders);
	add_list(item, "parameters", &status->parameters);
	rk_json_add_string(item, "taint", status->taint);
	rk_json_add_string(item, "build_id",
			   status->build_id[0] ? status->build_id : NULL);
	rk_json_add_string(item, "file", status->path);
	rk_json_add_string(item, "file_is_loaded", same[status->same]);
	return item;
}

/* @list: NULL in text. */
static int show(const struct rk_app *app, const struct options *options, const char *name,
		struct rk_json *list, struct rk_error *err)
{
	cleanup(rk_status_release) struct rk_status status = {0};

	if (rk_status_read(&app->machine, name, &status, err) < 0 ||
	    rk_status_compare(&app->machine, options->file, &status, err) < 0)
		return -(int)err->code;
	if (list)
		rk_json_add(list, NULL, json_module(&status));
	print_module(app, &status);
	return 0;
}

static int show_all(const struct rk_app *app, const struct options *options,
		    struct rk_json *list, struct rk_error *err)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;

	if (options->name)
		return show(app, options, options->name, list, err);
	if (rk_status_list(&app->machine, options->all, &names, err) < 0)
		return -(int)err->code;
	if (names.n_items == 0)
		rk_output_text(app, "no module is loaded that is not the kernel's own");
	for (size_t i = 0; i < names.n_items; i++)
		if (show(app, options, names.items[i], list, err) < 0 &&
		    err->code != RK_ENOTFOUND) /* it is gone meanwhile */
			return -(int)err->code;
	return 0;
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	struct options options = {0};
	struct rk_error err = RK_ERROR_INIT;
	struct rk_json *list = NULL;
	struct rk_json *top;
	int status = parse_options(app, argc, argv, &options);

	if (status != RK_EXIT_OK)
		return status < 0 ? RK_EXIT_OK : RK_EXIT_FAILED;
	if (app->format == RK_FORMAT_JSON)
		list = rk_json_new_array();
	if (show_all(app, &options, list, &err) < 0) {
		rk_json_free(list);
		rk_cmd_fail(app, &err);
		return err.code == RK_ENOTFOUND ? RK_EXIT_NO : RK_EXIT_FAILED;
	}
	if (app->format != RK_FORMAT_JSON)
		return RK_EXIT_OK;
	top = rk_json_new_object();
	rk_json_add_bool(top, "ok", true);
	rk_json_add(top, "modules", list);
	return rk_output_json(app, top);
}

static const struct rk_option own_options[] = {
	{"all", OPTION_ALL, NULL, "also the kernel's own"},
	{"file", OPTION_FILE, "FILE", "compare it with this file"},
	{0},
};

const struct rk_cmd cmd_status = {
	.name = "status",
	.args = "[NAME]",
	.summary = "loaded modules: users, parameters, and the file they came from",
	.options = own_options,
	.completes = RK_COMPLETES_LOADED,
	.run = run,
};
