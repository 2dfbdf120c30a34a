/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>

#include "cmd/folder.h"

static bool take_option(const struct rk_folder_command *command, int option,
			struct rk_folder *folder)
{
	switch (option) {
	case 'j':
		return rk_cmd_jobs(optarg, &folder->jobs);
	case RK_FOLDER_NO_PREPARE:
		folder->common.settings[RK_SETTING_PREPARE] = "false";
		return true;
	default:
		return command->take && command->take(command->data, option);
	}
}

/* Return: RK_EXIT_OK to go on, or -1 after --help. */
static int parse_options(struct rk_app *app, int argc, char **argv,
			 const struct rk_folder_command *command, struct rk_folder *ret)
{
	int option;

	while ((option = rk_cmd_getopt(app, command->cmd, argc, argv, &ret->common)) >=
	       0) {
		if (option == RK_OPTION_HELP)
			return -1;
		if (!take_option(command, option, ret))
			return RK_EXIT_FAILED;
	}
	if (argc - optind > 1)
		return (int)rk_cmd_usage(command->cmd);
	ret->dir = optind < argc ? argv[optind] : ".";
	return RK_EXIT_OK;
}

enum rk_exit rk_folder_run(struct rk_app *app, int argc, char **argv,
			   const struct rk_folder_command *command)
{
	cleanup(rk_request_release) struct rk_request request = {0};
	struct rk_folder folder = {0};
	int status = parse_options(app, argc, argv, command, &folder);

	if (status != RK_EXIT_OK)
		return status < 0 ? RK_EXIT_OK : RK_EXIT_FAILED;
	if (!rk_cmd_request(app, folder.dir, &folder.common, &request))
		return RK_EXIT_FAILED;
	return command->work(app, &folder, &request, command->data);
}
