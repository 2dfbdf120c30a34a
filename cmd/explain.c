/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>

#include "cmd/cmd.h"
#include "cmd/output.h"
#include "lib/finding/finding.h"

enum {
	OPTION_LIST = 256,
};

struct options {
	struct rk_common common;
	bool list;
	const char *code;
};

/* Return: RK_EXIT_OK to go on, or -1 after --help. */
static int parse_options(struct rk_app *app, int argc, char **argv, struct options *ret)
{
	static const struct option longs[] = {
		{"list", no_argument, NULL, OPTION_LIST},
		{0},
	};
	int option;

	while ((option = rk_cmd_getopt(app, &cmd_explain, argc, argv, longs,
				       &ret->common)) >= 0) {
		if (option == RK_OPTION_HELP)
			return -1;
		if (option != OPTION_LIST)
			return RK_EXIT_FAILED;
		ret->list = true;
	}
	if (argc - optind != (ret->list ? 0 : 1))
		return (int)rk_cmd_usage(&cmd_explain);
	ret->code = argv[optind];
	return RK_EXIT_OK;
}

static struct rk_json *kind_json(const struct rk_finding_kind *kind)
{
	struct rk_json *item = rk_json_new_object();

	rk_json_add_string(item, "code", kind->code);
	rk_json_add_string(item, "severity", rk_severity_name(kind->severity));
	rk_json_add_string(item, "title", kind->title);
	rk_json_add_string(item, "cause", kind->cause);
	rk_json_add_string(item, "cure", kind->cure);
	return item;
}

static enum rk_exit list_json(const struct rk_app *app)
{
	struct rk_json *top = rk_json_new_object();
	struct rk_json *codes = rk_json_new_array();

	for (const struct rk_finding_kind *kind = rk_finding_catalogue; kind->code;
	     kind++)
		rk_json_add(codes, NULL, kind_json(kind));
	rk_json_add(top, "codes", codes);
	return rk_output_json(app, top);
}

static enum rk_exit list(const struct rk_app *app)
{
	if (app->format == RK_FORMAT_JSON)
		return list_json(app);
	for (const struct rk_finding_kind *kind = rk_finding_catalogue; kind->code;
	     kind++)
		rk_output_text(app, "%-24s %-8s %s", kind->code,
			       rk_severity_name(kind->severity), kind->title);
	return RK_EXIT_OK;
}

static enum rk_exit explain(const struct rk_app *app, const char *code)
{
	const struct rk_finding_kind *kind = rk_finding_kind(code);
	struct rk_error err = RK_ERROR_INIT;

	if (!kind) {
		rk_error_set(&err, RK_ENOTFOUND, "there is no code '%s'", code);
		rk_error_cure(&err, "code-unknown", "see 'rkmod explain --list'");
		return rk_cmd_fail(app, &err);
	}
	if (app->format == RK_FORMAT_JSON)
		return rk_output_json(app, kind_json(kind));
	rk_output_text(app, "%s (%s): %s", kind->code, rk_severity_name(kind->severity),
		       kind->title);
	rk_output_text(app, "why: %s", kind->cause);
	rk_output_text(app, "fix: %s", kind->cure);
	return RK_EXIT_OK;
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	struct options options = {0};
	int status = parse_options(app, argc, argv, &options);

	if (status != RK_EXIT_OK)
		return status < 0 ? RK_EXIT_OK : RK_EXIT_FAILED;
	return options.list ? list(app) : explain(app, options.code);
}

const struct rk_cmd cmd_explain = {
	.name = "explain",
	.args = "CODE|--list",
	.summary = "cause and cure of a finding, by its code",
	.help = "      --list              all codes\n",
	.run = run,
};
