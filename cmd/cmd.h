/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_CMD_CMD_H
#define RK_CMD_CMD_H

#include "lib/base/machine.h"
#include "lib/request/request.h"

/* They never share a number space with error codes. */
enum rk_exit {
	RK_EXIT_OK = 0,     /* yes, done */
	RK_EXIT_NO = 1,     /* the answer is no: findings, a failed build */
	RK_EXIT_FAILED = 2, /* it could not be done */
};

enum rk_format {
	RK_FORMAT_TEXT,
	RK_FORMAT_JSON,
};

/* What main knows and every command may use. */
struct rk_app {
	struct rk_machine machine;
	enum rk_format format;
	bool verbose;
	bool quiet;
	bool color; /* stdout is a terminal that may be coloured */
};

/* One subcommand. Each is defined at the end of its own file, cmd/<name>.c. */
struct rk_cmd {
	const char *name;    /* as typed */
	const char *args;    /* usage after the name, "" if none */
	const char *summary; /* one line for `rkmod help` */
	const char *help;    /* its own options, a line each, as --help prints them; "" */
	enum rk_exit (*run)(struct rk_app *app, int argc,
			    char **argv); /* argv[0]: name */
};

/* Options that every command takes; values live in argv. */
struct rk_common {
	const char *settings[RK_N_SETTINGS];
};

/**
 * rk_cmd_getopt() - the next option of a command, the common ones handled on the way
 * @shorts, @longs: the command's own; values of its long options are 256 and above
 *
 * --root --kernel --kdir --package --format -v -q --color -h are taken by @app and
 * @common and not seen by the command. Return: as getopt_long(); '?' after the usage
 * was printed, -1 at the end.
 */
struct option;
int rk_cmd_getopt(struct rk_app *app, const struct rk_cmd *cmd, int argc, char **argv,
		  const char *shorts, const struct option *longs,
		  struct rk_common *common);

/* Prints how the command is used on stderr. */
enum rk_exit rk_cmd_usage(const struct rk_cmd *cmd);
/* "rkmod: <message>; <cure>" on stderr (an object with "error" in JSON on stdout). */
enum rk_exit rk_cmd_fail(const struct rk_app *app, const struct rk_error *err);

extern const struct rk_cmd cmd_build;
extern const struct rk_cmd cmd_check;
extern const struct rk_cmd cmd_config;
extern const struct rk_cmd cmd_explain;
extern const struct rk_cmd cmd_kernels;
extern const struct rk_cmd cmd_prepare;
extern const struct rk_cmd cmd_root;
extern const struct rk_cmd cmd_vm;

#endif
