/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/output.h"
#include "lib/base/file.h"
#include "lib/repo/hook.h"

struct options {
	struct rk_common common;
	const char *verb;
};

/* Return: RK_EXIT_OK to go on, or -1 after --help. */
static int parse_options(struct rk_app *app, int argc, char **argv, struct options *ret)
{
	int option;

	while ((option = rk_cmd_getopt(app, &cmd_hook, argc, argv, &ret->common)) >= 0)
		return option == RK_OPTION_HELP ? -1 : (int)RK_EXIT_FAILED;
	if (argc - optind != 1)
		return (int)rk_cmd_usage(&cmd_hook);
	ret->verb = argv[optind];
	return RK_EXIT_OK;
}

static const char *state_name(const struct rk_hook *hook)
{
	switch (hook->state) {
	case RK_HOOK_OURS:
		return "installed";
	case RK_HOOK_OTHER:
		return "other";
	default:
		return "none";
	}
}

static enum rk_exit print_json(const struct rk_app *app, const struct rk_hook *hook)
{
	struct rk_json *top = rk_json_new_object();

	rk_json_add_string(top, "state", state_name(hook));
	rk_json_add_string(top, "path", hook->path);
	rk_json_add_string(top, "calls_first", hook->has_kept ? hook->kept : NULL);
	rk_json_add_bool(top, "elsewhere", hook->elsewhere);
	return rk_output_json(app, top);
}

static void print_text(const struct rk_app *app, const struct rk_hook *hook)
{
	if (app->quiet)
		return;
	if (hook->state == RK_HOOK_OURS)
		rk_output_text(app, "'%s' checks what is staged%s%s%s", hook->path,
			       hook->has_kept ? ", after '" : "",
			       hook->has_kept ? hook->kept : "",
			       hook->has_kept ? "'" : "");
	else if (hook->state == RK_HOOK_OTHER)
		rk_output_text(app, "'%s' is not rkmod's", hook->path);
	else
		rk_output_text(app, "there is no hook '%s'", hook->path);
}

static int own_program(char **ret, struct rk_error *err)
{
	return rk_path_real("/proc/self/exe", ret, err);
}

static int act(const char *verb, struct rk_hook *hook, struct rk_error *err)
{
	cleanup_free char *program = NULL;

	if (strcmp(verb, "uninstall") == 0)
		return rk_hook_uninstall(hook, err);
	if (strcmp(verb, "install") != 0)
		return 0;
	if (own_program(&program, err) < 0)
		return -(int)err->code;
	return rk_hook_install(hook, program, err);
}

static bool is_verb(const char *word)
{
	static const char *const verbs[] = {"install", "uninstall", "status"};

	for (size_t i = 0; i < RK_ARRAY_LEN(verbs); i++)
		if (strcmp(word, verbs[i]) == 0)
			return true;
	fprintf(stderr, "rkmod: hook takes install, uninstall or status, not '%s'\n",
		word);
	return false;
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	cleanup(rk_hook_release) struct rk_hook hook = {0};
	struct rk_error err = RK_ERROR_INIT;
	struct options options = {0};
	int status = parse_options(app, argc, argv, &options);

	if (status != RK_EXIT_OK)
		return status < 0 ? RK_EXIT_OK : RK_EXIT_FAILED;
	if (!is_verb(options.verb))
		return RK_EXIT_FAILED;
	if (rk_hook_find(".", &hook, &err) < 0 || act(options.verb, &hook, &err) < 0)
		return rk_cmd_fail(app, &err);
	if (app->format == RK_FORMAT_JSON)
		return print_json(app, &hook);
	print_text(app, &hook);
	return strcmp(options.verb, "status") == 0 && hook.state != RK_HOOK_OURS
		       ? RK_EXIT_NO
		       : RK_EXIT_OK;
}

static const char *const words[] = {"install", "uninstall", "status", NULL};

const struct rk_cmd cmd_hook = {
	.name = "hook",
	.args = "install|uninstall|status",
	.summary = "the git hook that checks what is being committed",
	.words = words,
	.run = run,
};
