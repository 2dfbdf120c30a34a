/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/output.h"
#include "lib/finding/recognise.h"
#include "lib/pipeline/diagnose.h"

enum {
	OPTION_LIST = 256,
	LOG_LIMIT = 256 << 20,
	CODES_LIMIT = 512,
};

struct options {
	struct rk_common common;
	bool list;
	char **words;
	size_t n_words;
};

/* Return: RK_EXIT_OK to go on, or -1 after --help. */
static int parse_options(struct rk_app *app, int argc, char **argv, struct options *ret)
{
	int option;

	while ((option = rk_cmd_getopt(app, &cmd_explain, argc, argv, &ret->common)) >=
	       0) {
		if (option == RK_OPTION_HELP)
			return -1;
		if (option != OPTION_LIST)
			return RK_EXIT_FAILED;
		ret->list = true;
	}
	ret->words = argv + optind;
	ret->n_words = (size_t)(argc - optind);
	if (ret->list != (ret->n_words == 0))
		return (int)rk_cmd_usage(&cmd_explain);
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

static enum rk_exit explain_code(const struct rk_app *app,
				 const struct rk_finding_kind *kind)
{
	if (app->format == RK_FORMAT_JSON)
		return rk_output_json(app, kind_json(kind));
	rk_output_text(app, "%s (%s): %s", kind->code, rk_severity_name(kind->severity),
		       kind->title);
	rk_output_text(app, "why: %s", kind->cause);
	rk_output_text(app, "fix: %s", kind->cure);
	return RK_EXIT_OK;
}

/* ---- texts ---- */

static int feed_fd(struct rk_recogniser *recogniser, int fd, const char *name,
		   struct rk_error *err)
{
	char data[65536];
	size_t size = 0;
	ssize_t n;

	while ((n = read(fd, data, sizeof(data))) > 0) {
		rk_recogniser_feed(recogniser, data, (size_t)n);
		size += (size_t)n;
		if (size > LOG_LIMIT)
			return rk_error_set(
				err, RK_EFORMAT,
				"'%s' has more than %d MiB: give a part of it", name,
				LOG_LIMIT >> 20);
	}
	return n < 0 ? rk_error_sys(err, errno, "'%s'", name) : 0;
}

static int feed_file(struct rk_recogniser *recogniser, const char *path,
		     struct rk_error *err)
{
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return rk_error_sys(err, errno, "'%s'", path);
	return feed_fd(recogniser, fd, path, err);
}

/* "-" is standard input; a file that is there is read; the rest is text. */
static int feed(struct rk_recogniser *recogniser, const struct options *options,
		struct rk_error *err)
{
	const char *first = options->words[0];

	if (options->n_words == 1 && strcmp(first, "-") == 0)
		return feed_fd(recogniser, STDIN_FILENO, "standard input", err);
	if (options->n_words == 1 && access(first, F_OK) == 0)
		return feed_file(recogniser, first, err);
	for (size_t i = 0; i < options->n_words; i++) {
		if (i > 0)
			rk_recogniser_feed(recogniser, " ", 1);
		rk_recogniser_feed(recogniser, options->words[i],
				   strlen(options->words[i]));
	}
	return 0;
}

static int add_all(struct rk_recogniser *recogniser, struct rk_findings *findings,
		   struct rk_error *err)
{
	const struct rk_recognised *items;
	size_t n_items;

	if (rk_recogniser_finish(recogniser, &items, &n_items, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < n_items; i++)
		rk_recognised_add(&items[i], findings);
	return rk_findings_check(findings, err);
}

/* With the facts of the kernel that was named. */
static int add_for_kernel(const struct rk_app *app, const struct rk_request *request,
			  struct rk_recogniser *recogniser, struct rk_findings *findings,
			  struct rk_error *err)
{
	cleanup(rk_pipeline_release) struct rk_pipeline pipeline;

	rk_pipeline_init(&pipeline, &app->machine, request);
	if (rk_pipeline_kernel(&pipeline, err) < 0 ||
	    rk_pipeline_explain(&pipeline, recogniser, err) < 0)
		return -(int)err->code;
	*findings = pipeline.findings;
	pipeline.findings = (struct rk_findings)RK_FINDINGS_INIT;
	return 0;
}

static bool names_kernel(const struct rk_common *common)
{
	return common->settings[RK_SETTING_ROOT] || common->settings[RK_SETTING_KERNEL] ||
	       common->settings[RK_SETTING_KDIR] || common->settings[RK_SETTING_PACKAGE];
}

/* @request: NULL if no kernel was named */
static int recognise(const struct rk_app *app, const struct options *options,
		     const struct rk_request *request, struct rk_findings *findings,
		     struct rk_error *err)
{
	cleanup(rk_recogniser_free_p) struct rk_recogniser *recogniser = NULL;

	if (rk_recogniser_new(&recogniser, err) < 0 || feed(recogniser, options, err) < 0)
		return -(int)err->code;
	if (request)
		return add_for_kernel(app, request, recogniser, findings, err);
	return add_all(recogniser, findings, err);
}

/* A word may be a misspelt code. */
static const char *nearest_code(const struct options *options)
{
	const char *codes[CODES_LIMIT];
	size_t n = 0;

	if (options->n_words != 1)
		return NULL;
	for (; n < CODES_LIMIT && rk_finding_catalogue[n].code; n++)
		codes[n] = rk_finding_catalogue[n].code;
	return rk_nearest(options->words[0], codes, n);
}

static enum rk_exit say_unknown(const struct options *options)
{
	const char *nearest = nearest_code(options);

	if (nearest)
		fprintf(stderr,
			"rkmod: nothing is known about '%s'; did you mean '%s'?\n",
			options->words[0], nearest);
	else
		fputs("rkmod: nothing in this text is known to rkmod; give the whole log, or the "
		      "first line with 'error' in it; 'rustc --explain' tells about codes of "
		      "rustc, 'rkmod explain --list' about those of rkmod\n",
		      stderr);
	return RK_EXIT_NO;
}

static enum rk_exit explain_text(struct rk_app *app, const struct options *options)
{
	cleanup(rk_findings_release) struct rk_findings findings = RK_FINDINGS_INIT;
	cleanup(rk_request_release) struct rk_request request = {0};
	bool for_kernel = names_kernel(&options->common);
	struct rk_error err = RK_ERROR_INIT;

	if (for_kernel && !rk_cmd_request(app, ".", &options->common, &request))
		return RK_EXIT_FAILED;
	if (recognise(app, options, for_kernel ? &request : NULL, &findings, &err) < 0)
		return rk_cmd_fail(app, &err);
	if (app->format == RK_FORMAT_JSON) {
		struct rk_json *top = rk_json_new_object();

		rk_output_json_findings(top, &findings);
		if (rk_output_json(app, top) != RK_EXIT_OK)
			return RK_EXIT_FAILED;
	}
	rk_output_all_findings(app, &findings);
	return findings.n_items > 0 ? RK_EXIT_OK : say_unknown(options);
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	struct options options = {0};
	int status = parse_options(app, argc, argv, &options);
	const struct rk_finding_kind *kind = NULL;

	if (status != RK_EXIT_OK)
		return status < 0 ? RK_EXIT_OK : RK_EXIT_FAILED;
	if (options.list)
		return list(app);
	if (options.n_words == 1)
		kind = rk_finding_kind(options.words[0]);
	return kind ? explain_code(app, kind) : explain_text(app, &options);
}

static const struct rk_option own_options[] = {
	{"list", OPTION_LIST, NULL, "all codes"},
	{0},
};

const struct rk_cmd cmd_explain = {
	.name = "explain",
	.args = "CODE|TEXT...|FILE|-|--list",
	.summary = "cause and cure of a finding, an error text or a whole log",
	.options = own_options,
	.note = "With --root, --kernel, --kdir or --package: with what is known of that kernel.",
	.completes = RK_COMPLETES_CODES,
	.run = run,
};
