/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>

#include "cmd/cmd.h"
#include "cmd/output.h"

struct options {
	struct rk_common common;
	const char *dir;
};

/* Return: RK_EXIT_OK to go on, or -1 after --help. */
static int parse_options(struct rk_app *app, int argc, char **argv, struct options *ret)
{
	int option = rk_cmd_getopt(app, &cmd_config, argc, argv, &ret->common);

	if (option == RK_OPTION_HELP)
		return -1;
	if (option >= 0)
		return RK_EXIT_FAILED;
	if (argc - optind > 1)
		return (int)rk_cmd_usage(&cmd_config);
	ret->dir = optind < argc ? argv[optind] : ".";
	return RK_EXIT_OK;
}

static const char *origin_name(const struct rk_setting *setting)
{
	if (!setting->value)
		return NULL;
	switch (setting->origin) {
	case RK_ORIGIN_FILE:
		return "file";
	case RK_ORIGIN_ENVIRONMENT:
		return "environment";
	case RK_ORIGIN_COMMAND:
		return "command";
	default:
		return "default";
	}
}

static enum rk_exit print_json(const struct rk_app *app, const struct rk_request *request)
{
	struct rk_json *top = rk_json_new_object();
	struct rk_json *settings = rk_json_new_object();

	for (unsigned int i = 0; i < RK_N_SETTINGS; i++) {
		const struct rk_setting *setting = &request->settings[i];
		struct rk_json *item = rk_json_new_object();

		rk_json_add_string(item, "value", setting->value);
		rk_json_add_string(item, "origin", origin_name(setting));
		rk_json_add_string(item, "from", setting->origin_text);
		rk_json_add(settings, rk_setting_key((enum rk_setting_name)i), item);
	}
	rk_json_add_string(top, "dir", request->dir);
	rk_json_add_string(top, "top", request->top);
	rk_json_add_string(top, "file", request->file);
	rk_json_add(top, "settings", settings);
	return rk_output_json(app, top);
}

static enum rk_exit print_text(const struct rk_app *app, const struct rk_request *request)
{
	struct rk_strv rows[RK_N_SETTINGS + 1] = {RK_STRV_INIT};
	struct rk_error err = RK_ERROR_INIT;
	enum rk_exit status = RK_EXIT_OK;

	rk_strv_add_all(&rows[0], "SETTING", "VALUE", "FROM", NULL);
	for (unsigned int i = 0; i < RK_N_SETTINGS; i++) {
		const struct rk_setting *setting = &request->settings[i];

		rk_strv_add_all(&rows[i + 1], rk_setting_key((enum rk_setting_name)i),
				setting->value ? setting->value : "-",
				setting->origin_text ? setting->origin_text : "not set",
				NULL);
	}
	for (size_t i = 0; i < RK_ARRAY_LEN(rows) && status == RK_EXIT_OK; i++)
		if (rk_strv_check(&rows[i], &err) < 0)
			status = rk_cmd_fail(app, &err);
	if (status == RK_EXIT_OK)
		rk_output_table(app, rows, RK_ARRAY_LEN(rows));
	for (size_t i = 0; i < RK_ARRAY_LEN(rows); i++)
		rk_strv_release(&rows[i]);
	return status;
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	cleanup(rk_request_release) struct rk_request request = {0};
	struct rk_error err = RK_ERROR_INIT;
	struct options options = {0};
	int status = parse_options(app, argc, argv, &options);

	if (status != RK_EXIT_OK)
		return status < 0 ? RK_EXIT_OK : RK_EXIT_FAILED;
	if (rk_request_init(&app->machine, options.dir, options.common.settings, true,
			    &request, &err) < 0)
		return rk_cmd_fail(app, &err);
	if (app->format == RK_FORMAT_JSON)
		return print_json(app, &request);
	return print_text(app, &request);
}

const struct rk_cmd cmd_config = {
	.name = "config",
	.args = "[DIR]",
	.summary = "show each setting and where it comes from",
	.completes = RK_COMPLETES_DIRS,
	.run = run,
};
