/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/output.h"
#include "lib/pipeline/doctor.h"

struct options {
	struct rk_common common;
	const char *dir;
};

/* Return: RK_EXIT_OK to go on, or -1 after --help. */
static int parse_options(struct rk_app *app, int argc, char **argv, struct options *ret)
{
	int option;

	while ((option = rk_cmd_getopt(app, &cmd_doctor, argc, argv, &ret->common)) >= 0)
		return option == RK_OPTION_HELP ? -1 : RK_EXIT_FAILED;
	if (argc - optind > 1)
		return (int)rk_cmd_usage(&cmd_doctor);
	ret->dir = optind < argc ? argv[optind] : ".";
	return RK_EXIT_OK;
}

/* ---- text ---- */

static const char *color_of(enum rk_doctor_state state)
{
	static const char *const colors[] = {"\033[31m", "\033[33m", "\033[36m",
					     "\033[32m"};

	return colors[state];
}

static void print_line(const struct rk_app *app, const struct rk_doctor_line *line)
{
	printf("%s%-7s%s  %s: %s", app->color ? color_of(line->state) : "",
	       rk_doctor_state_name(line->state), app->color ? "\033[0m" : "",
	       line->topic, line->what);
	if (line->code)
		printf(" [%s]", line->code);
	putchar('\n');
	if (line->why[0] && (app->verbose || line->state != RK_DOCTOR_OK))
		printf("         why: %s\n", line->why);
	if (line->cure[0])
		printf("         fix: %s\n", line->cure);
}

/* What blocks first stands first; there is a line at least, the folder's. */
static void print_end(const struct rk_app *app, const struct rk_doctor *doctor)
{
	const struct rk_doctor_line *first = &doctor->lines[0];

	if (!rk_doctor_is_ready(doctor))
		rk_output_text(app, "a build would end before the compiler: %s",
			       first->code);
	else if (first->state == RK_DOCTOR_BLOCKS && first->step == RK_DOCTOR_COMPILE)
		rk_output_text(app,
			       "a build would get to the compiler, and end there: %s",
			       first->code);
	else
		rk_output_text(app, "a build would get to the compiler");
}

static void print_text(const struct rk_app *app, const struct rk_doctor *doctor)
{
	for (size_t i = 0; i < doctor->n_lines; i++)
		if (!app->quiet || doctor->lines[i].state < RK_DOCTOR_NOTE)
			print_line(app, &doctor->lines[i]);
	if (app->quiet)
		return;
	print_end(app, doctor);
}

/* ---- JSON ---- */

static const char *or_null(const char *text)
{
	return text[0] ? text : NULL;
}

static void json_lines(struct rk_json *to, const struct rk_doctor *doctor)
{
	struct rk_json *array = rk_json_new_array();

	for (size_t i = 0; i < doctor->n_lines; i++) {
		const struct rk_doctor_line *line = &doctor->lines[i];
		struct rk_json *item = rk_json_new_object();

		rk_json_add_string(item, "state", rk_doctor_state_name(line->state));
		rk_json_add_string(item, "step", rk_doctor_step_name(line->step));
		rk_json_add_string(item, "topic", line->topic);
		rk_json_add_string(item, "code", line->code);
		rk_json_add_string(item, "what", line->what);
		rk_json_add_string(item, "why", or_null(line->why));
		rk_json_add_string(item, "fix", or_null(line->cure));
		rk_json_add(array, NULL, item);
	}
	rk_json_add(to, "lines", array);
}

static enum rk_exit print_json(const struct rk_app *app,
			       const struct rk_pipeline *pipeline,
			       const struct rk_doctor *doctor)
{
	struct rk_json *top = rk_json_new_object();

	rk_json_add_bool(top, "ready", rk_doctor_is_ready(doctor));
	rk_json_add_string(top, "dir", pipeline->request->dir);
	rk_output_json_kernel(top, pipeline->kernel);
	rk_output_json_toolchain(top, pipeline->toolchain);
	rk_output_json_metadata(top, pipeline->metadata);
	json_lines(top, doctor);
	return rk_output_json(app, top);
}

static enum rk_exit look(const struct rk_app *app, const struct rk_request *request)
{
	cleanup(rk_pipeline_release) struct rk_pipeline pipeline;
	cleanup(rk_doctor_release) struct rk_doctor doctor = {.lines = NULL};
	struct rk_error err = RK_ERROR_INIT;

	rk_pipeline_init(&pipeline, &app->machine, request);
	if (rk_doctor_run(&pipeline, &doctor, &err) < 0)
		return rk_cmd_fail(app, &err);
	if (app->format == RK_FORMAT_TEXT)
		print_text(app, &doctor);
	else if (print_json(app, &pipeline, &doctor) != RK_EXIT_OK)
		return RK_EXIT_FAILED;
	return rk_doctor_is_ready(&doctor) ? RK_EXIT_OK : RK_EXIT_NO;
}

static enum rk_exit run(struct rk_app *app, int argc, char **argv)
{
	cleanup(rk_request_release) struct rk_request request = {0};
	struct options options = {.dir = NULL};
	int status = parse_options(app, argc, argv, &options);

	if (status != RK_EXIT_OK)
		return status < 0 ? RK_EXIT_OK : RK_EXIT_FAILED;
	if (!rk_cmd_request(app, options.dir, &options.common, &request))
		return RK_EXIT_FAILED;
	return look(app, &request);
}

const struct rk_cmd cmd_doctor = {
	.name = "doctor",
	.args = "[DIR]",
	.summary = "what stands between a folder and a loaded module, without building",
	.completes = RK_COMPLETES_DIRS,
	.compiler = true,
	.run = run,
};
