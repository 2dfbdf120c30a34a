/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/output.h"
#include "config.h"

enum {
	HELP_COLUMN = 26, /* where what an option does begins */
	OPTION_FORMAT = 256,
	MAX_COMMANDS = 64,
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

void rk_cmd_overview(FILE *to)
{
	fputs("usage: rkmod COMMAND [OPTION]... [ARGUMENT]...\n\n"
	      "Builds, checks and loads out-of-tree Rust kernel modules.\n\n",
	      to);
	for (size_t i = 0; rk_commands[i]; i++)
		fprintf(to, "  %-10s %s\n", rk_commands[i]->name,
			rk_commands[i]->summary);
	fputs("\nrkmod COMMAND --help tells the options of one. Exit status: 0 yes or done,\n"
	      "1 no (findings, a failed build), 2 it could not be done.\n",
	      to);
}

const struct rk_cmd *rk_cmd_find(const char *name)
{
	const char *names[MAX_COMMANDS];
	const char *nearest;
	size_t n = 0;

	for (; rk_commands[n] && n < MAX_COMMANDS; n++) {
		if (strcmp(rk_commands[n]->name, name) == 0)
			return rk_commands[n];
		names[n] = rk_commands[n]->name;
	}
	nearest = rk_nearest(name, names, n);
	if (nearest)
		fprintf(stderr, "rkmod: no command '%s'; did you mean '%s'?\n", name,
			nearest);
	else
		fprintf(stderr, "rkmod: no command '%s'; 'rkmod help' lists them\n",
			name);
	return NULL;
}

/* ---- the tables as JSON ---- */

static struct rk_json *option_json(const struct rk_option *option)
{
	char letter[] = {(char)option->id, '\0'};
	struct rk_json *item = rk_json_new_object();

	rk_json_add_string(item, "name", option->name);
	rk_json_add_string(item, "letter", option->id < 256 ? letter : NULL);
	rk_json_add_string(item, "value", option->value);
	rk_json_add_string(item, "help", option->help);
	return item;
}

/* What stands for @cmd's arguments in completion. */
static const char *completes_name(const struct rk_cmd *cmd)
{
	static const char *const names[] = {
		[RK_COMPLETES_NOTHING] = "nothing", [RK_COMPLETES_CODES] = "codes",
		[RK_COMPLETES_DIRS] = "dirs",       [RK_COMPLETES_FILES] = "files",
		[RK_COMPLETES_LOADED] = "loaded",   [RK_COMPLETES_MODULES] = "modules",
	};

	return names[cmd->completes];
}

static struct rk_json *cmd_json(const struct rk_cmd *cmd)
{
	const struct rk_option *rows[RK_MAX_OPTIONS];
	size_t n = rk_cmd_options(cmd, rows);
	struct rk_json *item = rk_json_new_object();
	struct rk_json *words = rk_json_new_array();
	struct rk_json *options = rk_json_new_array();

	rk_json_add_string(item, "name", cmd->name);
	rk_json_add_string(item, "args", cmd->args);
	rk_json_add_string(item, "summary", cmd->summary);
	rk_json_add_string(item, "note", cmd->note);
	for (size_t i = 0; cmd->words && cmd->words[i]; i++)
		rk_json_add_string(words, NULL, cmd->words[i]);
	rk_json_add(item, "words", words);
	rk_json_add_string(item, "completes", completes_name(cmd));
	for (size_t i = 0; i < n; i++)
		rk_json_add(options, NULL, option_json(rows[i]));
	rk_json_add(item, "options", options);
	return item;
}

/* @one: NULL: all commands */
static enum rk_exit print_json(const struct rk_app *app, const struct rk_cmd *one)
{
	struct rk_json *top = rk_json_new_object();
	struct rk_json *list = rk_json_new_array();

	rk_json_add_string(top, "version", RK_VERSION);
	for (size_t i = 0; rk_commands[i]; i++)
		if (!one || one == rk_commands[i])
			rk_json_add(list, NULL, cmd_json(rk_commands[i]));
	rk_json_add(top, "commands", list);
	return rk_output_json(app, top);
}

/* Return: false if it is none. */
static bool set_format(struct rk_app *app, const char *value)
{
	app->format = strcmp(value, "json") == 0 ? RK_FORMAT_JSON : RK_FORMAT_TEXT;
	return app->format == RK_FORMAT_JSON || strcmp(value, "text") == 0;
}

static bool parse_options(struct rk_app *app, int argc, char **argv)
{
	static const struct option longs[] = {
		{"format", required_argument, NULL, OPTION_FORMAT}, {0}};
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "", longs, NULL)) >= 0)
		if (option != OPTION_FORMAT || !set_format(app, optarg))
			return false;
	return argc - optind <= 1;
}

enum rk_exit rk_cmd_run_help(struct rk_app *app, int argc, char **argv)
{
	const struct rk_cmd *cmd = NULL;

	if (!parse_options(app, argc, argv)) {
		fputs("usage: rkmod help [--format text|json] [COMMAND]\n", stderr);
		return RK_EXIT_FAILED;
	}
	if (optind < argc) {
		cmd = rk_cmd_find(argv[optind]);
		if (!cmd)
			return RK_EXIT_FAILED;
	}
	if (app->format == RK_FORMAT_JSON)
		return print_json(app, cmd);
	if (cmd)
		rk_cmd_help(cmd);
	else
		rk_cmd_overview(app->out);
	return RK_EXIT_OK;
}
