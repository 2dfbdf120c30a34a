/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "cmd/load-report.h"
#include "cmd/output.h"
#include "lib/base/log.h"

enum {
	OPTION_FOLLOW = 256,
	OPTION_FORCE,
	OPTION_TIMEOUT,
	DEFAULT_SECONDS = 60,
	MAX_SECONDS = 24 * 60 * 60,
};

struct options {
	struct rk_common common;
	struct rk_load_request request;
	struct rk_strv params;
	bool follow;
};

static void release_options(struct options *options)
{
	rk_strv_release(&options->params);
}

static bool parse_seconds(const char *text, int *ret_ms)
{
	char *end = NULL;
	long seconds = strtol(text, &end, 10);

	if (end == text || *end || seconds < 1 || seconds > MAX_SECONDS) {
		fprintf(stderr, "rkmod: --timeout is a number from 1 to %d, not '%s'\n",
			MAX_SECONDS, text);
		return false;
	}
	*ret_ms = (int)seconds * 1000;
	return true;
}

static bool take_option(int option, struct options *ret)
{
	switch (option) {
	case OPTION_FOLLOW:
		ret->follow = true;
		return true;
	case OPTION_FORCE:
		ret->request.force = true;
		return true;
	case OPTION_TIMEOUT:
		return parse_seconds(optarg, &ret->request.timeout_ms);
	default:
		return false;
	}
}

/* Return: RK_EXIT_OK to go on, or -1 after --help. */
static int parse_options(struct rk_app *app, int argc, char **argv,
			 const struct rk_cmd *cmd, struct options *ret)
{
	int option;

	while ((option = rk_cmd_getopt(app, cmd, argc, argv, &ret->common)) >= 0) {
		if (option == RK_OPTION_HELP)
			return -1;
		if (!take_option(option, ret))
			return RK_EXIT_FAILED;
	}
	if (optind == argc)
		return (int)rk_cmd_usage(cmd);
	ret->request.what = argv[optind++];
	for (; optind < argc; optind++)
		rk_strv_add(&ret->params, argv[optind]);
	ret->request.params = &ret->params;
	if (!ret->common.settings[RK_SETTING_ROOT])
		return RK_EXIT_OK;
	fprintf(stderr, "rkmod: %s is about the running kernel and takes no --root\n",
		cmd->name);
	return RK_EXIT_FAILED;
}

/* Until a signal comes. */
static void follow(const struct rk_app *app, const struct rk_load *load)
{
	struct pollfd fd = {.fd = app->rights.kmsg, .events = POLLIN};

	while (fd.fd >= 0 && !rk_load_interrupted()) {
		struct rk_kernel_log log = RK_KERNEL_LOG_INIT;
		struct rk_error err = RK_ERROR_INIT;

		fflush(stdout);
		if (poll(&fd, 1, -1) < 0 && errno != EINTR)
			return;
		log.module = load->items[load->target].name;
		if (rk_kernel_log_read(&log, fd.fd, &err) == 0)
			for (size_t i = 0; i < log.n_items; i++)
				rk_output_text(app, "  | %s", log.items[i].text);
		if (log.n_lost)
			rk_output_text(app, "  %llu lines were lost",
				       (unsigned long long)log.n_lost);
		rk_kernel_log_release(&log);
	}
}

static enum rk_exit report(const struct rk_app *app, const struct rk_load *load)
{
	if (app->rights.kmsg < 0)
		rk_log(RK_LOG_WARNING, "the kernel's log cannot be read: %s",
		       strerror(app->rights.kmsg_errno));
	if (app->format == RK_FORMAT_JSON && rk_load_report_json(app, load) != RK_EXIT_OK)
		return RK_EXIT_FAILED;
	rk_load_report_text(app, load);
	return rk_load_is_good(load) ? RK_EXIT_OK : RK_EXIT_NO;
}

/* Anything was given to the kernel. */
static bool was_tried(const struct rk_load *load)
{
	for (size_t i = 0; i < load->n_items; i++)
		if (load->items[i].result != RK_LOAD_NOT_TRIED)
			return true;
	return load->was_unloaded;
}

static enum rk_exit load(struct rk_app *app, const struct options *options)
{
	const char *const *settings = options->common.settings;
	const struct rk_kernel_request kernel = {
		.kdir = settings[RK_SETTING_KDIR],
		.release = settings[RK_SETTING_KERNEL],
		.package = settings[RK_SETTING_PACKAGE],
	};
	cleanup(rk_load_release) struct rk_load result = {0};
	struct rk_error err = RK_ERROR_INIT;
	enum rk_exit status;

	rk_load_catch_signals();
	if (rk_load_run(&app->machine, &app->rights, &kernel, &options->request, &result,
			&err) < 0) {
		/* What is done already is told as well. */
		if (app->format == RK_FORMAT_TEXT && was_tried(&result))
			rk_load_report_text(app, &result);
		return rk_cmd_fail(app, &err);
	}
	status = report(app, &result);
	if (status == RK_EXIT_OK && options->follow)
		follow(app, &result);
	return status;
}

enum rk_exit rk_cmd_load(struct rk_app *app, int argc, char **argv,
			 const struct rk_cmd *cmd, bool reload)
{
	cleanup(release_options) struct options options = {
		.request = {.reload = reload, .timeout_ms = DEFAULT_SECONDS * 1000}};
	struct rk_error err = RK_ERROR_INIT;
	int status = parse_options(app, argc, argv, cmd, &options);

	if (status != RK_EXIT_OK)
		return status < 0 ? RK_EXIT_OK : RK_EXIT_FAILED;
	if (app->rights.socket < 0) {
		rk_rights_missing(argv, &err);
		return rk_cmd_fail(app, &err);
	}
	if (rk_strv_check(&options.params, &err) < 0)
		return rk_cmd_fail(app, &err);
	return load(app, &options);
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	return rk_cmd_load(app, argc, argv, &cmd_load, false);
}

const struct rk_option rk_load_options[] = {
	{"force", OPTION_FORCE, NULL,
	 "insert it although it will be refused; never what would\n"
	 "make the kernel fall over"},
	{"follow", OPTION_FOLLOW, NULL, "go on with the kernel's log until interrupted"},
	{"timeout", OPTION_TIMEOUT, "SECONDS", "of one insertion, 60 if not given"},
	{0},
};

const struct rk_cmd cmd_load = {
	.name = "load",
	.args = "FILE.ko|NAME [NAME=VALUE]...",
	.summary = "insert a module that was checked, and what it needs",
	.options = rk_load_options,
	.completes = RK_COMPLETES_MODULES,
	.changes_kernel = true,
	.run = run,
};
