/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"

enum {
	HELP_COLUMN = 26, /* where what an option does begins */
};

/* "  -j, --jobs N". Return: its width. */
static int print_name(const struct rk_option *option)
{
	char letter[] = "-x, ";

	letter[1] = (char)option->id;
	return printf("  %-4s--%s%s%s", option->id < 256 ? letter : "", option->name,
		      option->value ? " " : "", option->value ? option->value : "");
}

/* Lines after the first, and after a name that is too long: in the column. */
static void print_option(const struct rk_option *option)
{
	int width = print_name(option);

	printf("%*s", width > HELP_COLUMN - 2 ? 2 : HELP_COLUMN - width, "");
	for (const char *line = option->help; line;) {
		const char *end = strchrnul(line, '\n');

		printf("%.*s\n", (int)(end - line), line);
		line = *end ? end + 1 : NULL;
		if (line)
			printf("%*s", HELP_COLUMN, "");
	}
}

void rk_cmd_help(const struct rk_cmd *cmd)
{
	const struct rk_option *options[RK_MAX_OPTIONS];
	size_t n = rk_cmd_options(cmd, options);

	printf("usage: rkmod %s [OPTION]...%s%s\n\n%s\n\n", cmd->name,
	       cmd->args[0] ? " " : "", cmd->args, cmd->summary);
	for (size_t i = 0; i < n; i++)
		print_option(options[i]);
	if (cmd->note)
		printf("\n%s\n", cmd->note);
}

enum rk_exit rk_cmd_usage(const struct rk_cmd *cmd)
{
	fprintf(stderr,
		"usage: rkmod %s [OPTION]...%s%s; 'rkmod %s --help' tells the options\n",
		cmd->name, cmd->args[0] ? " " : "", cmd->args, cmd->name);
	return RK_EXIT_FAILED;
}
