/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_CMD_CMD_H
#define RK_CMD_CMD_H

#include <stdio.h>

#include "lib/base/machine.h"
#include "lib/load/split.h"
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
	RK_FORMAT_GITHUB, /* these two: of commands that annotate */
	RK_FORMAT_GITLAB,
};

/* What main knows and every command may use. */
struct rk_app {
	struct rk_machine machine;
	enum rk_format format;
	bool verbose;
	bool quiet;
	bool color;              /* results may be coloured */
	bool terminal;           /* stderr is one: steps and progress are shown */
	FILE *out;               /* results: stdout */
	struct rk_rights rights; /* to change the running kernel */
};
void rk_app_init(struct rk_app *app);

/* One option. getopt's tables, --help, man pages and completions are made from it. */
struct rk_option {
	const char *name;  /* the long form, without dashes */
	int id;            /* the letter of its short form; 256 to 511 if it has none */
	const char *value; /* as --help shows it; NULL: it takes none. Of a|b|c, words in
			    * small letters stand for themselves. */
	const char *help;  /* lines, without indent, parted by \n */
};

/* What the arguments of a command are, for completion in a shell. */
enum rk_completes {
	RK_COMPLETES_NOTHING,
	RK_COMPLETES_CODES, /* of findings, and files */
	RK_COMPLETES_DIRS,
	RK_COMPLETES_FILES,
	RK_COMPLETES_LOADED,  /* names of loaded modules */
	RK_COMPLETES_MODULES, /* files *.ko, and folders */
};

/* One subcommand. Each is defined at the end of its own file, cmd/<name>.c. */
struct rk_cmd {
	const char *name;                /* as typed */
	const char *args;                /* usage after the name, "" if none */
	const char *summary;             /* one line for `rkmod help` */
	const struct rk_option *options; /* its own, ended by a row of zeros; or NULL */
	const char *note;                /* a line under the options of --help, or NULL */
	const char *const *words;        /* what its first argument may be; or NULL */
	enum rk_completes completes;     /* what its arguments are otherwise */
	bool compiler;                   /* takes --source --rustc --llvm --force */
	bool annotates;                  /* takes --format github and gitlab */
	/* It changes the running kernel: before anything else, the process is parted in
	 * one that may and one that does the rest (lib/load/split.h). */
	bool changes_kernel;
	enum rk_exit (*run)(struct rk_app *app, int argc,
			    char **argv); /* argv[0]: name */
};

/* What the common options said; values live in argv, NULL where not given. */
struct rk_common {
	const char *settings[RK_N_SETTINGS];
	bool force; /* --force */
};

enum {
	RK_OPTION_HELP = 1024, /* --help was asked for and printed: exit with 0 */
	RK_MAX_OPTIONS = 64,   /* of one command */
};

/**
 * rk_cmd_getopt() - the next option of a command, the common ones handled on the way
 * @cmd: its own options are those of its table
 *
 * --root --kernel --kdir --package --format --color -v -q -h, and those of a command with
 * a compiler, are taken by @app and @common and not seen by the command. Return: as
 * getopt_long(), -1 at the end, '?' after saying what is wrong, RK_OPTION_HELP.
 */
int rk_cmd_getopt(struct rk_app *app, const struct rk_cmd *cmd, int argc, char **argv,
		  struct rk_common *common);

/**
 * rk_cmd_request() - weigh the common options against environment and rkmod.json
 * @dir: the folder that is worked on
 * @ret: rk_request_release(), whatever is returned
 * Return: false after saying what is wrong.
 */
bool rk_cmd_request(struct rk_app *app, const char *dir, const struct rk_common *common,
		    struct rk_request *ret);

/* The same; @file is what rkmod.json holds, NULL: the one that lies there. */
bool rk_cmd_request_staged(struct rk_app *app, const char *dir,
			   const struct rk_common *common, const struct rk_buf *file,
			   struct rk_request *ret);

/* The value of -j. Return: false after saying what is wrong. */
bool rk_cmd_jobs(const char *text, unsigned int *ret);

/**
 * rk_cmd_options() - all options of a command, in the order --help shows them
 * @ret: rows of tables that live as long as the program
 * Return: how many.
 */
size_t rk_cmd_options(const struct rk_cmd *cmd,
		      const struct rk_option *ret[RK_MAX_OPTIONS]);

/* Prints --help's text on stdout. */
void rk_cmd_help(const struct rk_cmd *cmd);
/* `rkmod help [--format json] [COMMAND]`; man pages and completions are made from that.
 */
enum rk_exit rk_cmd_run_help(struct rk_app *app, int argc, char **argv);
/* All commands on a stream, a line each. */
void rk_cmd_overview(FILE *to);
/* rkmod's version, and those of the libraries that it uses. */
void rk_cmd_version(const struct rk_app *app);
/* NULL after saying on stderr that there is none of this name. */
const struct rk_cmd *rk_cmd_find(const char *name);
/* Says on stderr how the command is used. Return: RK_EXIT_FAILED. */
enum rk_exit rk_cmd_usage(const struct rk_cmd *cmd);
/* "rkmod: <message>; <cure>" on stderr; in JSON also {"error": ...} on stdout.
 * Return: RK_EXIT_FAILED. */
enum rk_exit rk_cmd_fail(const struct rk_app *app, const struct rk_error *err);

/* All of them, sorted, ended by NULL. */
extern const struct rk_cmd *const rk_commands[];

extern const struct rk_cmd cmd_analyzer;
extern const struct rk_cmd cmd_build;
extern const struct rk_cmd cmd_check;
extern const struct rk_cmd cmd_ci;
extern const struct rk_cmd cmd_clippy;
extern const struct rk_cmd cmd_config;
extern const struct rk_cmd cmd_dkms;
extern const struct rk_cmd cmd_doc;
extern const struct rk_cmd cmd_doctor;
extern const struct rk_cmd cmd_explain;
extern const struct rk_cmd cmd_fmt;
extern const struct rk_cmd cmd_hook;
extern const struct rk_cmd cmd_install;
extern const struct rk_cmd cmd_kernels;
extern const struct rk_cmd cmd_load;
extern const struct rk_cmd cmd_new;
extern const struct rk_cmd cmd_prepare;
extern const struct rk_cmd cmd_reload;
extern const struct rk_cmd cmd_root;
extern const struct rk_cmd cmd_sign;
extern const struct rk_cmd cmd_status;
extern const struct rk_cmd cmd_uninstall;
extern const struct rk_cmd cmd_unload;
extern const struct rk_cmd cmd_vm;

#endif
