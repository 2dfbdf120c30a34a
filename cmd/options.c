/* SPDX-License-Identifier: GPL-2.0-or-later */
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
	MAX_OPTIONS = 48,
	MAX_JOBS = 4096,
};

static const struct option common_options[] = {
	{"root", required_argument, NULL, OPTION_ROOT},
	{"kernel", required_argument, NULL, OPTION_KERNEL},
	{"kdir", required_argument, NULL, OPTION_KDIR},
	{"package", required_argument, NULL, OPTION_PACKAGE},
	{"format", required_argument, NULL, OPTION_FORMAT},
	{"color", required_argument, NULL, OPTION_COLOR},
	{"verbose", no_argument, NULL, 'v'},
	{"quiet", no_argument, NULL, 'q'},
	{"help", no_argument, NULL, 'h'},
};

/* Of commands that bring a compiler to work. */
static const struct option compiler_options[] = {
	{"source", required_argument, NULL, OPTION_SOURCE},
	{"rustc", required_argument, NULL, OPTION_RUSTC},
	{"llvm", required_argument, NULL, OPTION_LLVM},
	{"force", no_argument, NULL, OPTION_FORCE},
};

static const char compiler_help[] =
	"      --source DIR|FILE   the kernel's source, for metadata that is missing\n"
	"      --rustc PATH        use this rustc (it must be the kernel's)\n"
	"      --llvm VALUE        LLVM= for make, instead of what the kernel says\n"
	"      --force             go on against advice: with compilers that do not fit\n";

static const char common_help[] =
	"      --root NAME|DIR     the kernel, compiler and sources of a root tree\n"
	"      --kernel RELEASE    the target kernel, as uname -r says it\n"
	"      --kdir DIR          the target kernel's build folder\n"
	"      --package NAME      the target kernel of an installed headers package\n"
	"      --format text|json  how results are printed\n";

static const char annotates_help[] =
	"      --format github|gitlab  annotations for their CI\n";

static const char last_help[] = "  -v, --verbose           say what was decided and why\n"
				"  -q, --quiet             say only what is wrong\n"
				"      --color auto|always|never\n"
				"  -h, --help\n";

void rk_cmd_help(const struct rk_cmd *cmd)
{
	printf("usage: rkmod %s [OPTION]...%s%s\n\n%s\n\n%s%s%s%s%s", cmd->name,
	       cmd->args[0] ? " " : "", cmd->args, cmd->summary, cmd->help,
	       cmd->compiler ? compiler_help : "", common_help,
	       cmd->annotates ? annotates_help : "", last_help);
}

enum rk_exit rk_cmd_usage(const struct rk_cmd *cmd)
{
	fprintf(stderr,
		"usage: rkmod %s [OPTION]...%s%s; 'rkmod %s --help' tells the options\n",
		cmd->name, cmd->args[0] ? " " : "", cmd->args, cmd->name);
	return RK_EXIT_FAILED;
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

/* Return: the new number of rows in @to. */
static size_t add_options(struct option to[MAX_OPTIONS], size_t n,
			  const struct option *from, size_t n_from)
{
	for (size_t i = 0; i < n_from && n < MAX_OPTIONS - 1; i++)
		to[n++] = from[i];
	return n;
}

int rk_cmd_getopt(struct rk_app *app, const struct rk_cmd *cmd, int argc, char **argv,
		  const struct option *longs, struct rk_common *common)
{
	struct option all[MAX_OPTIONS] = {0};
	char shorts[2 * MAX_OPTIONS + 8] = ":vqh";
	size_t n = 0;
	int option;
	int taken;

	for (; longs && longs->name && n < MAX_OPTIONS - 1; longs++) {
		all[n++] = *longs;
		if (longs->val < 256)
			snprintf(shorts + strlen(shorts), 3, "%c%s", longs->val,
				 longs->has_arg == required_argument ? ":" : "");
	}
	if (cmd->compiler)
		n = add_options(all, n, compiler_options, RK_ARRAY_LEN(compiler_options));
	add_options(all, n, common_options, RK_ARRAY_LEN(common_options));
	opterr = 0;
	do {
		option = getopt_long(argc, argv, shorts, all, NULL);
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

bool rk_cmd_request(struct rk_app *app, const char *dir, const struct rk_common *common,
		    struct rk_request *ret)
{
	struct rk_error err = RK_ERROR_INIT;

	if (rk_request_init(&app->machine, dir, common->settings, true, ret, &err) == 0) {
		ret->force = common->force;
		return true;
	}
	rk_cmd_fail(app, &err);
	return false;
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
