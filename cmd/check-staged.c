/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cmd/check-staged.h"
#include "lib/pipeline/staged.h"

/* ---- what is printed ---- */

/*
 * The first error with what belongs to it: make says more afterwards, and an author in
 * the middle of a commit wants the place. "" if nothing looks like an error.
 */
static void add_first_error(const char *output, struct rk_buf *ret)
{
	bool found = false;

	while (*output) {
		size_t len = strcspn(output, "\n");
		cleanup_free char *line = strndup(output, len);

		if (!line || (found && (len == 0 || strncmp(line, "make", 4) == 0)))
			return;
		found = found || strncmp(line, "error", 5) == 0 ||
			strstr(line, ": error:") || strncmp(line, "ERROR: ", 7) == 0;
		if (found)
			rk_buf_addf(ret, "%s\n", line);
		output += len + (output[len] == '\n');
	}
}

static void print_failed_build(const struct rk_app *app,
			       const struct rk_pipeline *pipeline,
			       const struct rk_staged_check *check)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;

	add_first_error(rk_buf_str(&check->output), &text);
	rk_output_text(app, "%s%swhat is staged does not build for %s",
		       text.len ? rk_buf_str(&text) : rk_buf_str(&check->output),
		       text.len ? "\n" : "", pipeline->kernel->release);
}

/* Paths are shown as the repository has them. */
static int shorten_paths(struct rk_pipeline *pipeline,
			 const struct rk_staged_check *check, struct rk_error *err)
{
	size_t len = strlen(check->tree);

	for (size_t i = 0; i < pipeline->n_modules; i++) {
		struct rk_module *module = pipeline->modules[i].module;
		char *path = NULL;

		if (strncmp(module->path, check->tree, len) != 0)
			continue;
		if (rk_strdup(module->path + len + 1, &path, err) < 0)
			return -(int)err->code;
		free(module->path);
		module->path = path;
	}
	return 0;
}

static bool is_good(const struct rk_pipeline *pipeline, bool strict)
{
	for (size_t i = 0; i < pipeline->findings.n_items; i++)
		if (pipeline->findings.items[i].severity == RK_SEVERITY_ERROR)
			return false;
	for (size_t i = 0; strict && i < pipeline->n_modules; i++)
		if (pipeline->modules[i].verdict.answer == RK_ANSWER_UNDECIDED)
			return false;
	return rk_pipeline_is_good(pipeline);
}

static enum rk_exit print_json(const struct rk_app *app,
			       const struct rk_pipeline *pipeline,
			       const struct rk_staged_check *check, bool good)
{
	struct rk_json *top = rk_json_new_object();

	rk_json_add_bool(top, "ok", good);
	rk_output_json_kernel(top, pipeline->kernel);
	rk_json_add_string(top, "output",
			   check->output.len ? rk_buf_str(&check->output) : NULL);
	rk_output_json_modules(top, pipeline);
	rk_output_json_findings(top, &pipeline->findings);
	return rk_output_json(app, top);
}

static enum rk_exit print_checked(const struct rk_app *app,
				  const struct rk_pipeline *pipeline,
				  const struct rk_staged_check *check, bool good)
{
	if (app->format == RK_FORMAT_JSON)
		return print_json(app, pipeline, check, good);
	if (pipeline->build.make_status != 0)
		print_failed_build(app, pipeline, check);
	rk_output_findings(app, &pipeline->findings);
	rk_output_modules(app, pipeline);
	return RK_EXIT_OK;
}

/* Printed into memory first: the same is printed again for the same content. */
static enum rk_exit print_and_keep(struct rk_app *app, struct rk_pipeline *pipeline,
				   const struct rk_staged_check *check, bool good)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *text = NULL;
	FILE *out = app->out;
	enum rk_exit status;
	size_t size = 0;

	if (shorten_paths(pipeline, check, &err) < 0)
		return rk_cmd_fail(app, &err);
	app->out = open_memstream(&text, &size);
	if (!app->out) {
		app->out = out;
		rk_error_nomem(&err);
		return rk_cmd_fail(app, &err);
	}
	status = print_checked(app, pipeline, check, good);
	if (fclose(app->out) != 0)
		status = RK_EXIT_FAILED;
	app->out = out;
	if (status != RK_EXIT_OK)
		return status;
	rk_staged_keep(check, text, size, good);
	fwrite(text, 1, size, app->out);
	return RK_EXIT_OK;
}

/* ---- one kernel ---- */

/* As what it is printed: the text depends on it. */
static const char *printed_as(const struct rk_app *app, const struct rk_check_staged *how)
{
	static const char *const names[2][2][2] = {
		{{"text", "text strict"}, {"text -q", "text -q strict"}},
		{{"json", "json strict"}, {"json -q", "json -q strict"}}};

	return names[app->format == RK_FORMAT_JSON][app->quiet][how->strict];
}

static bool is_on(const struct rk_request *request, enum rk_setting_name name)
{
	const char *value = rk_request_get(request, name);

	return !value || strcmp(value, "false") != 0;
}

static enum rk_exit check_kernel(struct rk_app *app, const struct rk_check_staged *how,
				 const struct rk_request *request,
				 const struct rk_staged *staged)
{
	const struct rk_staged_request asked = {
		.staged = staged,
		.fmt = !how->no_fmt && is_on(request, RK_SETTING_FMT),
		.anew = how->anew,
		.prepare = is_on(request, RK_SETTING_PREPARE),
		.as = printed_as(app, how),
	};
	cleanup(rk_staged_check_release) struct rk_staged_check check;
	cleanup(rk_pipeline_release) struct rk_pipeline pipeline;
	struct rk_error err = RK_ERROR_INIT;
	bool good;

	rk_staged_check_init(&check);
	rk_pipeline_init(&pipeline, &app->machine, request);
	if (rk_pipeline_staged(&pipeline, &asked, &check, &err) < 0)
		return rk_cmd_fail(app, &err);
	if (check.outcome == RK_STAGED_UNRELATED)
		return RK_EXIT_OK;
	if (check.outcome == RK_STAGED_KEPT) {
		fwrite(rk_buf_str(&check.answer), 1, check.answer.len, app->out);
		return check.answer_good ? RK_EXIT_OK : RK_EXIT_NO;
	}
	good = is_good(&pipeline, how->strict);
	if (print_and_keep(app, &pipeline, &check, good) != RK_EXIT_OK)
		return RK_EXIT_FAILED;
	return good ? RK_EXIT_OK : RK_EXIT_NO;
}

/* All are asked, also after a no: the author wants to know it all. */
static enum rk_exit check_kernels(struct rk_app *app, const struct rk_check_staged *how,
				  const struct rk_request *request,
				  const struct rk_strv *releases,
				  const struct rk_staged *staged)
{
	enum rk_exit worst = RK_EXIT_OK;

	for (size_t i = 0; i < releases->n_items; i++) {
		cleanup(rk_request_release) struct rk_request one = {0};
		struct rk_error err = RK_ERROR_INIT;
		enum rk_exit status;

		if (rk_request_for_kernel(request, releases->items[i], &one, &err) < 0)
			return rk_cmd_fail(app, &err);
		status = check_kernel(app, how, &one, staged);
		if (status > worst)
			worst = status;
	}
	return worst;
}

enum rk_exit rk_check_staged(struct rk_app *app, const struct rk_check_staged *how,
			     const struct rk_request *request)
{
	cleanup(rk_staged_free_p) struct rk_staged *staged = NULL;
	cleanup_strv struct rk_strv releases = RK_STRV_INIT;
	struct rk_error err = RK_ERROR_INIT;
	enum rk_exit status;

	if (rk_staged_read(request->dir, &staged, &err) < 0 ||
	    rk_request_kernels(request, &releases, &err) < 0)
		return rk_cmd_fail(app, &err);
	status = releases.n_items ? check_kernels(app, how, request, &releases, staged)
				  : check_kernel(app, how, request, staged);
	if (status != RK_EXIT_OK && how->hook)
		fprintf(stderr,
			"rkmod: the commit is stopped; RKMOD_HOOK=0 git commit, or "
			"git commit --no-verify, goes past this check\n");
	return status;
}
