/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"

enum {
	OPTION_ROOT = 512, /* above every command's own */
	OPTION_KERNEL,
	OPTION_KDIR,
	OPTION_PACKAGE,
	OPTION_FORMAT,
	OPTION_COLOR,
	OPTION_SOURCE,
	OPTION_RUSTC,
	OPTION_FORCE,
	OPTION_LLVM,
	MAX_JOBS = 4096,
};

/* Of commands that bring a compiler to work. */
static const struct rk_option compiler_options[] = {
	{"source", OPTION_SOURCE, "DIR|FILE",
	 "the kernel's source, for metadata that is missing"},
	{"rustc", OPTION_RUSTC, "PATH", "use this rustc (it must be the kernel's)"},
	{"llvm", OPTION_LLVM, "VALUE", "LLVM= for make, instead of what the kernel says"},
	{"force", OPTION_FORCE, NULL,
	 "go on against advice: with compilers that do not fit"},
	{0},
};

static const struct rk_option common_options[] = {
	{"root", OPTION_ROOT, "NAME|DIR",
	 "the kernel, compiler and sources of a root tree"},
	{"kernel", OPTION_KERNEL, "RELEASE", "the target kernel, as uname -r says it"},
	{"kdir", OPTION_KDIR, "DIR", "the target kernel's build folder"},
	{"package", OPTION_PACKAGE, "NAME",
	 "the target kernel of an installed headers package"},
	{"format", OPTION_FORMAT, "text|json", "how results are printed"},
	{0},
};

/* Of commands that annotate; the same option with other values. */
static const struct rk_option annotate_options[] = {
	{"format", OPTION_FORMAT, "github|gitlab", "annotations for their CI"},
	{0},
};

static const struct rk_option last_options[] = {
	{"verbose", 'v', NULL, "say what was decided and why"},
	{"quiet", 'q', NULL, "say only what is wrong"},
	{"color", OPTION_COLOR, "auto|always|never", "whether results are coloured"},
	{"help", 'h', NULL, "this text"},
	{0},
};

size_t rk_cmd_options(const struct rk_cmd *cmd,
		      const struct rk_option *ret[RK_MAX_OPTIONS])
{
	const struct rk_option *const tables[] = {
		cmd->options,   cmd->compiler ? compiler_options : NULL,
		common_options, cmd->annotates ? annotate_options : NULL,
		last_options,
	};
	size_t n = 0;

	for (size_t i = 0; i < RK_ARRAY_LEN(tables); i++)
		for (const struct rk_option *row = tables[i]; row && row->name; row++) {
			assert(n < RK_MAX_OPTIONS);
			ret[n++] = row;
		}
	return n;
}

void rk_app_init(struct rk_app *app)
{
	app->color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	app->terminal = isatty(STDERR_FILENO);
	app->out = stdout;
}

static bool set_format(struct rk_app *app, const struct rk_cmd *cmd, const char *value)
{
	static const char *const names[] = {[RK_FORMAT_TEXT] = "text",
					    [RK_FORMAT_JSON] = "json",
					    [RK_FORMAT_GITHUB] = "github",
					    [RK_FORMAT_GITLAB] = "gitlab"};
	size_t n = cmd->annotates ? RK_ARRAY_LEN(names) : RK_FORMAT_GITHUB;

	for (size_t i = 0; i < n; i++)
		if (strcmp(value, names[i]) == 0) {
			app->format = (enum rk_format)i;
			return true;
		}
	fprintf(stderr, "rkmod: --format is %s, not '%s'\n",
		cmd->annotates ? "text, json, github or gitlab" : "text or json", value);
	return false;
}

static bool set_color(struct rk_app *app, const char *value)
{
	if (strcmp(value, "always") == 0)
		app->color = true;
	else if (strcmp(value, "never") == 0)
		app->color = false;
	else if (strcmp(value, "auto") != 0) {
		fprintf(stderr, "rkmod: --color is auto, always or never, not '%s'\n",
			value);
		return false;
	}
	return true;
}

/* Return: 0 if it was a common option, -1 if it was and is wrong, 1 if it is none. */
static int take_common(struct rk_app *app, const struct rk_cmd *cmd, int option,
		       struct rk_common *common)
{
	switch (option) {
	case OPTION_ROOT:
		common->settings[RK_SETTING_ROOT] = optarg;
		return 0;
	case OPTION_KERNEL:
		common->settings[RK_SETTING_KERNEL] = optarg;
		return 0;
	case OPTION_KDIR:
		common->settings[RK_SETTING_KDIR] = optarg;
		return 0;
	case OPTION_PACKAGE:
		common->settings[RK_SETTING_PACKAGE] = optarg;
		return 0;
	case OPTION_SOURCE:
		common->settings[RK_SETTING_SOURCE] = optarg;
		return 0;
	case OPTION_RUSTC:
		common->settings[RK_SETTING_RUSTC] = optarg;
		return 0;
	case OPTION_LLVM:
		common->settings[RK_SETTING_LLVM] = optarg;
		return 0;
	case OPTION_FORCE:
		common->force = true;
		return 0;
	case OPTION_FORMAT:
		return set_format(app, cmd, optarg) ? 0 : -1;
	case OPTION_COLOR:
		return set_color(app, optarg) ? 0 : -1;
	case 'v':
		app->verbose = true;
		return 0;
	case 'q':
		app->quiet = true;
		return 0;
	default:
		return 1;
	}
}

/* getopt's own words would name the command as the program. */
static void say_unknown(const struct rk_cmd *cmd, int option, char **argv)
{
	const char *word = argv[optind - 1];

	if (option == ':')
		fprintf(stderr, "rkmod: '%s' wants a value", word);
	else if (optopt && optopt < 256)
		fprintf(stderr, "rkmod: no option '-%c' of %s", optopt, cmd->name);
	else
		fprintf(stderr, "rkmod: no option '%s' of %s", word, cmd->name);
	fprintf(stderr, "; 'rkmod %s --help' lists them\n", cmd->name);
}

/* getopt's two tables. @shorts: room for two bytes an option */
static void make_tables(const struct rk_cmd *cmd, struct option longs[RK_MAX_OPTIONS + 1],
			char shorts[2 * RK_MAX_OPTIONS + 2])
{
	const struct rk_option *rows[RK_MAX_OPTIONS];
	size_t n = rk_cmd_options(cmd, rows);

	*shorts++ = ':'; /* a missing value is told from an unknown option */
	for (size_t i = 0; i < n; i++) {
		longs[i] = (struct option){
			.name = rows[i]->name,
			.has_arg = rows[i]->value ? required_argument : no_argument,
			.val = rows[i]->id,
		};
		if (rows[i]->id < 256)
			*shorts++ = (char)rows[i]->id;
		if (rows[i]->id < 256 && rows[i]->value)
			*shorts++ = ':';
	}
	longs[n] = (struct option){0};
	*shorts = '\0';
}

int rk_cmd_getopt(struct rk_app *app, const struct rk_cmd *cmd, int argc, char **argv,
		  struct rk_common *common)
{
	struct option longs[RK_MAX_OPTIONS + 1];
	char shorts[2 * RK_MAX_OPTIONS + 2];
	int option;
	int taken;

	make_tables(cmd, longs, shorts);
	opterr = 0;
	do {
		option = getopt_long(argc, argv, shorts, longs, NULL);
		if (option == 'h') {
			rk_cmd_help(cmd);
			return RK_OPTION_HELP;
		}
		if (option == '?' || option == ':') {
			say_unknown(cmd, option, argv);
			return '?';
		}
		taken = option < 0 ? 1 : take_common(app, cmd, option, common);
	} while (taken == 0);
	return taken < 0 ? '?' : option;
}

bool rk_cmd_request_staged(struct rk_app *app, const char *dir,
			   const struct rk_common *common, const struct rk_buf *file,
			   struct rk_request *ret)
{
	struct rk_error err = RK_ERROR_INIT;
	int r = file ? rk_request_init_staged(dir, common->settings, file, ret, &err)
		     : rk_request_init(&app->machine, dir, common->settings, true, ret,
				       &err);

	if (r == 0) {
		ret->force = common->force;
		return true;
	}
	rk_cmd_fail(app, &err);
	return false;
}

bool rk_cmd_request(struct rk_app *app, const char *dir, const struct rk_common *common,
		    struct rk_request *ret)
{
	return rk_cmd_request_staged(app, dir, common, NULL, ret);
}

bool rk_cmd_jobs(const char *text, unsigned int *ret)
{
	char *end = NULL;
	unsigned long jobs = strtoul(text, &end, 10);

	if (end == text || *end || jobs == 0 || jobs > MAX_JOBS) {
		fprintf(stderr, "rkmod: -j is a number from 1 to %d, not '%s'\n",
			MAX_JOBS, text);
		return false;
	}
	*ret = (unsigned int)jobs;
	return true;
}
