/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cmd/annotate.h"
#include "cmd/check-staged.h"
#include "cmd/output.h"
#include "lib/base/file.h"
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

/* A finding says it better than what it was made from. */
static bool is_explained(const struct rk_pipeline *pipeline)
{
	for (size_t i = 0; i < pipeline->findings.n_items; i++)
		if (pipeline->findings.items[i].severity == RK_SEVERITY_ERROR &&
		    pipeline->findings.items[i].text[0])
			return true;
	return false;
}

/* A compiler's own words have the place; modpost's and make's stand in the finding. */
static void print_failed_build(const struct rk_app *app,
			       const struct rk_pipeline *pipeline,
			       const struct rk_staged_check *check)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	const char *first;

	add_first_error(rk_buf_str(&check->output), &text);
	first = rk_buf_str(&text);
	if (is_explained(pipeline) &&
	    (!text.len || strncmp(first, "ERROR: modpost", 14) == 0))
		rk_output_text(app, "what is staged does not build for %s",
			       pipeline->kernel->release);
	else
		rk_output_text(app, "%s%swhat is staged does not build for %s",
			       text.len ? first : rk_buf_str(&check->output),
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

/* One line: the member of "kernels" for this one. */
static enum rk_exit print_json(const struct rk_app *app,
			       const struct rk_pipeline *pipeline,
			       const struct rk_staged_check *check, bool good)
{
	cleanup(rk_json_free_p) struct rk_json *top = rk_json_new_object();
	cleanup_buf struct rk_buf line = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	rk_json_add_bool(top, "ok", good);
	rk_output_json_kernel(top, pipeline->kernel);
	rk_json_add_string(top, "output",
			   check->output.len ? rk_buf_str(&check->output) : NULL);
	rk_output_json_modules(top, pipeline);
	rk_output_json_findings(top, &pipeline->findings);
	if (rk_json_print(top, false, &line, &err) < 0)
		return rk_cmd_fail(app, &err);
	fprintf(app->out, "%s\n", rk_buf_str(&line));
	return RK_EXIT_OK;
}

static enum rk_exit annotate(const struct rk_app *app, const struct rk_pipeline *pipeline,
			     const struct rk_staged_check *check)
{
	const struct rk_annotate from = {
		.pipeline = pipeline,
		.output = rk_buf_str(&check->output),
		.top = check->tree,
		.dir = check->failed,
	};
	cleanup_buf struct rk_buf lines = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_annotate(app, &from, &lines, &err) < 0)
		return rk_cmd_fail(app, &err);
	fputs(rk_buf_str(&lines), app->out);
	return RK_EXIT_OK;
}

static enum rk_exit print_checked(const struct rk_app *app,
				  const struct rk_pipeline *pipeline,
				  const struct rk_staged_check *check, bool good)
{
	if (app->format == RK_FORMAT_JSON)
		return print_json(app, pipeline, check, good);
	if (rk_annotate_is_asked(app))
		return annotate(app, pipeline, check);
	if (pipeline->build.make_status != 0)
		print_failed_build(app, pipeline, check);
	rk_output_findings(app, &pipeline->findings);
	rk_output_modules(app, pipeline);
	return RK_EXIT_OK;
}

/* What was said for one kernel: text as it is, what has to be one value in the end is
 * collected, a line each. */
static enum rk_exit add_answer(const struct rk_app *app, struct rk_buf *answers,
			       const char *text, size_t size)
{
	if (app->format == RK_FORMAT_TEXT)
		fwrite(text, 1, size, app->out);
	else
		rk_buf_add(answers, text, size);
	return RK_EXIT_OK;
}

/* Printed into memory first: the same is printed again for the same content. */
static enum rk_exit print_and_keep(struct rk_app *app, struct rk_pipeline *pipeline,
				   const struct rk_staged_check *check, bool good,
				   struct rk_buf *answers)
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
	return add_answer(app, answers, text, size);
}

/* ---- one kernel ---- */

/* As what it is printed: the text depends on it. */
static int name_form(const struct rk_app *app, const struct rk_check_staged *how,
		     char **ret, struct rk_error *err)
{
	return rk_format(ret, err, "%d%s%s%s%s", (int)app->format,
			 app->quiet ? " quiet" : "", app->verbose ? " verbose" : "",
			 app->color ? " color" : "", how->strict ? " strict" : "");
}

static enum rk_exit check_kernel(struct rk_app *app, const struct rk_check_staged *how,
				 const struct rk_request *request,
				 struct rk_staged *staged, struct rk_buf *answers)
{
	struct rk_staged_request asked = {
		.staged = staged,
		.fmt = !how->no_fmt && rk_request_is_on(request, RK_SETTING_FMT),
		.anew = how->anew,
		.prepare = rk_request_is_on(request, RK_SETTING_PREPARE),
	};
	cleanup(rk_staged_check_release) struct rk_staged_check check;
	cleanup(rk_pipeline_release) struct rk_pipeline pipeline;
	cleanup_free char *form = NULL;
	struct rk_error err = RK_ERROR_INIT;
	bool good = true;

	rk_staged_check_init(&check);
	rk_pipeline_init(&pipeline, &app->machine, request);
	if (name_form(app, how, &form, &err) < 0)
		return rk_cmd_fail(app, &err);
	asked.as = form;
	if (rk_pipeline_staged(&pipeline, &asked, &check, &err) < 0)
		return rk_cmd_fail(app, &err);
	if (check.outcome == RK_STAGED_KEPT) {
		good = check.answer_good;
		add_answer(app, answers, rk_buf_str(&check.answer), check.answer.len);
	} else if (check.outcome == RK_STAGED_CHECKED) {
		good = is_good(&pipeline, how->strict);
		if (print_and_keep(app, &pipeline, &check, good, answers) != RK_EXIT_OK)
			return RK_EXIT_FAILED;
	}
	return good ? RK_EXIT_OK : RK_EXIT_NO;
}

/* All are asked, also after a no: the author wants to know it all. */
static enum rk_exit check_kernels(struct rk_app *app, const struct rk_check_staged *how,
				  const struct rk_request *request,
				  struct rk_staged *staged, struct rk_buf *answers)
{
	cleanup_strv struct rk_strv releases = RK_STRV_INIT;
	enum rk_exit worst = RK_EXIT_OK;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_request_kernels(request, &releases, &err) < 0)
		return rk_cmd_fail(app, &err);
	if (releases.n_items == 0)
		return check_kernel(app, how, request, staged, answers);
	for (size_t i = 0; i < releases.n_items && worst != RK_EXIT_FAILED; i++) {
		cleanup(rk_request_release) struct rk_request one = {0};
		enum rk_exit status;

		if (rk_request_for_kernel(request, releases.items[i], &one, &err) < 0)
			return rk_cmd_fail(app, &err);
		status = check_kernel(app, how, &one, staged, answers);
		if (status > worst)
			worst = status;
	}
	return worst;
}

/* One value, whatever the number of kernels. A failure has been printed as one. */
static enum rk_exit print_answers(const struct rk_app *app, const struct rk_buf *answers,
				  enum rk_exit status)
{
	struct rk_error err = RK_ERROR_INIT;
	struct rk_json *kernels;
	struct rk_json *top;

	if (rk_buf_check(answers, &err) < 0)
		return rk_cmd_fail(app, &err);
	if (app->format == RK_FORMAT_TEXT || status == RK_EXIT_FAILED)
		return RK_EXIT_OK;
	if (rk_annotate_is_asked(app))
		return rk_annotate_print(app, rk_buf_str(answers));
	top = rk_json_new_object();
	kernels = rk_json_new_array();
	rk_json_add_bool(top, "ok", status == RK_EXIT_OK);
	if (rk_output_json_lines(kernels, rk_buf_str(answers), &err) == 0) {
		rk_json_add(top, "kernels", kernels);
		return rk_output_json(app, top);
	}
	rk_json_free(kernels);
	rk_json_free(top);
	return rk_cmd_fail(app, &err);
}

/* The way past the check that its failures name works however git comes to call it. */
static bool is_turned_off(const struct rk_check_staged *how)
{
	const char *value = getenv("RKMOD_HOOK");

	return how->hook && value && strcmp(value, "0") == 0;
}

/* What is committed steers: rkmod.json is the staged one, unless git does not know it. */
static enum rk_exit check_with(struct rk_app *app, const struct rk_check_staged *how,
			       const struct rk_common *common, struct rk_staged *staged)
{
	cleanup(rk_request_release) struct rk_request request = {0};
	cleanup_buf struct rk_buf answers = RK_BUF_INIT;
	cleanup_buf struct rk_buf file = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	enum rk_exit status;
	bool is_staged;

	if (rk_staged_text(staged, "rkmod.json", &file, &is_staged, &err) < 0)
		return rk_cmd_fail(app, &err);
	if (!rk_cmd_request_staged(app, ".", common, is_staged ? &file : NULL, &request))
		return RK_EXIT_FAILED;
	status = check_kernels(app, how, &request, staged, &answers);
	if (print_answers(app, &answers, status) != RK_EXIT_OK)
		status = RK_EXIT_FAILED;
	fflush(app->out);
	return status;
}

enum rk_exit rk_check_staged(struct rk_app *app, const struct rk_check_staged *how,
			     const struct rk_common *common)
{
	cleanup(rk_staged_free_p) struct rk_staged *staged = NULL;
	cleanup_free char *dir = NULL;
	struct rk_error err = RK_ERROR_INIT;
	enum rk_exit status;

	if (is_turned_off(how))
		return RK_EXIT_OK;
	status = rk_path_real(".", &dir, &err) < 0 ||
				 rk_staged_read(dir, &staged, &err) < 0
			 ? rk_cmd_fail(app, &err)
			 : check_with(app, how, common, staged);
	if (status != RK_EXIT_OK && how->hook)
		fprintf(stderr,
			"rkmod: the commit is stopped; RKMOD_HOOK=0 git commit, or "
			"git commit --no-verify, goes past this check\n");
	return status;
}
