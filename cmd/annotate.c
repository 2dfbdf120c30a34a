/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/annotate.h"
#include "cmd/output.h"
#include "lib/base/crypto.h"
#include "lib/base/file.h"
#include "lib/build/where.h"

bool rk_annotate_is_asked(const struct rk_app *app)
{
	return app->format == RK_FORMAT_GITHUB || app->format == RK_FORMAT_GITLAB;
}

/* ---- one ---- */

/* As GitHub's runner reads it: in a property ':' and ',' end it, too. */
static void add_escaped(struct rk_buf *ret, const char *text, bool is_property)
{
	for (; *text; text++) {
		bool escape = *text == '%' || *text == '\r' || *text == '\n' ||
			      (is_property && (*text == ':' || *text == ','));

		if (escape)
			rk_buf_addf(ret, "%%%02X", (unsigned char)*text);
		else
			rk_buf_addc(ret, *text);
	}
}

static void add_github(const struct rk_annotation *annotation, struct rk_buf *ret)
{
	static const char *const words[] = {[RK_SEVERITY_NOTE] = "notice",
					    [RK_SEVERITY_WARNING] = "warning",
					    [RK_SEVERITY_ERROR] = "error"};

	rk_buf_addf(ret, "::%s ", words[annotation->severity]);
	if (annotation->path) {
		rk_buf_adds(ret, "file=");
		add_escaped(ret, annotation->path, true);
		if (annotation->line)
			rk_buf_addf(ret, ",line=%zu", annotation->line);
		rk_buf_addc(ret, ',');
	}
	rk_buf_adds(ret, "title=");
	add_escaped(ret, annotation->code, true);
	rk_buf_adds(ret, "::");
	add_escaped(ret, annotation->what, false);
	add_escaped(ret, annotation->more[0] ? "\n" : "", false);
	add_escaped(ret, annotation->more, false);
	rk_buf_addc(ret, '\n');
}

/* The same finding keeps its fingerprint when lines are put in above it. */
static int make_fingerprint(const struct rk_annotation *annotation,
			    char ret[RK_SHA256_HEX_SIZE], struct rk_error *err)
{
	cleanup(rk_sha256_free_p) struct rk_sha256 *hash = NULL;

	if (rk_sha256_new(&hash, err) < 0)
		return -(int)err->code;
	rk_sha256_add_field(hash, annotation->code);
	rk_sha256_add_field(hash, annotation->path ? annotation->path : "");
	rk_sha256_add_field(hash, annotation->what);
	return rk_sha256_hex(hash, ret, err);
}

static struct rk_json *json_location(const struct rk_annotation *annotation)
{
	struct rk_json *location = rk_json_new_object();
	struct rk_json *lines = rk_json_new_object();

	/* GitLab wants both; what has no place belongs to the repository. */
	rk_json_add_string(location, "path", annotation->path ? annotation->path : ".");
	rk_json_add_int(lines, "begin", annotation->line ? (int64_t)annotation->line : 1);
	rk_json_add(location, "lines", lines);
	return location;
}

static void add_gitlab(const struct rk_annotation *annotation, struct rk_buf *ret)
{
	static const char *const words[] = {[RK_SEVERITY_NOTE] = "info",
					    [RK_SEVERITY_WARNING] = "minor",
					    [RK_SEVERITY_ERROR] = "major"};
	cleanup(rk_json_free_p) struct rk_json *item = rk_json_new_object();
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	char fingerprint[RK_SHA256_HEX_SIZE];

	rk_buf_addf(&text, "%s%s%s", annotation->what, annotation->more[0] ? "\n" : "",
		    annotation->more);
	if (make_fingerprint(annotation, fingerprint, &err) < 0) {
		ret->failed = true;
		return;
	}
	rk_json_add_string(item, "description", rk_buf_str(&text));
	rk_json_add_string(item, "check_name", annotation->code);
	rk_json_add_string(item, "fingerprint", fingerprint);
	rk_json_add_string(item, "severity", words[annotation->severity]);
	rk_json_add(item, "location", json_location(annotation));
	if (text.failed || rk_json_print(item, false, ret, &err) < 0)
		ret->failed = true;
	rk_buf_addc(ret, '\n');
}

void rk_annotate_one(const struct rk_app *app, const struct rk_annotation *annotation,
		     struct rk_buf *ret)
{
	if (app->format == RK_FORMAT_GITHUB)
		add_github(annotation, ret);
	else
		add_gitlab(annotation, ret);
}

/* ---- all of a run ---- */

struct work {
	const struct rk_app *app;
	const struct rk_annotate *from;
	struct rk_buf *ret;
	char *fallback; /* where what has no place belongs; NULL if unknown */
	size_t n_errors;
};

static void add(struct work *work, const struct rk_annotation *annotation)
{
	bool shown = annotation->severity == RK_SEVERITY_ERROR ||
		     (annotation->severity == RK_SEVERITY_WARNING && !work->app->quiet) ||
		     work->app->verbose;
	struct rk_annotation placed = *annotation;

	if (!shown)
		return;
	if (!placed.path)
		placed.path = work->fallback;
	work->n_errors += placed.severity == RK_SEVERITY_ERROR;
	rk_annotate_one(work->app, &placed, work->ret);
}

/* The first of these that is a file below the top: relative to it. */
static int find_file(const struct work *work, const char *stem, size_t len,
		     const char *const *suffixes, char **ret, struct rk_error *err)
{
	const struct rk_annotate *from = work->from;
	const char *const dirs[] = {from->dir ? from->dir : from->top, from->top, NULL};

	*ret = NULL;
	for (; *suffixes && !*ret; suffixes++) {
		cleanup_free char *path = NULL;

		if (rk_format(&path, err, "%.*s%s", (int)len, stem, *suffixes) < 0 ||
		    rk_where_below(path, strlen(path), dirs, work->from->top, ret, err) <
			    0)
			return -(int)err->code;
	}
	return 0;
}

static int find_makefile(const struct work *work, const char *dir, char **ret,
			 struct rk_error *err)
{
	static const char *const names[] = {"/Kbuild", "/Makefile", NULL};

	return find_file(work, dir, strlen(dir), names, ret, err);
}

/* What a module is made from: NAME.rs beside NAME.ko. */
static int find_source(const struct work *work, const char *module, char **ret,
		       struct rk_error *err)
{
	static const char *const suffixes[] = {".rs", ".c", NULL};
	const char *dot = strrchr(rk_path_base(module), '.');
	size_t len = dot ? (size_t)(dot - module) : strlen(module);

	if (find_file(work, module, len, suffixes, ret, err) < 0 || *ret)
		return *ret ? 0 : -(int)err->code;
	return 0;
}

/* ---- compilers ---- */

/* "error[E0425]: words", "warning: words" of rustc: opens what a "-->" line places. */
static bool is_headline(const char *line, enum rk_severity *ret)
{
	bool error = strncmp(line, "error: ", 7) == 0 || strncmp(line, "error[", 6) == 0;

	*ret = error ? RK_SEVERITY_ERROR : RK_SEVERITY_WARNING;
	return (error && strncmp(line, "error: aborting due to", 22) != 0) ||
	       strncmp(line, "warning: ", 9) == 0 || strncmp(line, "warning[", 8) == 0;
}

/* "E0425", or "rustc" if it has no number. */
static void name_error(const char *headline, char *ret, size_t size)
{
	const char *open = strchr(headline, '[');
	const char *colon = strchr(headline, ':');
	const char *close = open ? strchr(open, ']') : NULL;

	if (close && colon && close < colon)
		snprintf(ret, size, "%.*s", (int)(close - open - 1), open + 1);
	else
		snprintf(ret, size, "rustc");
}

static void add_rust(struct work *work, const char *headline,
		     const struct rk_where *where)
{
	char code[64];
	cleanup_free char *path = where ? strndup(where->path, where->path_len) : NULL;
	const char *colon = strstr(headline, ": ");
	struct rk_annotation annotation = {.path = path,
					   .line = where ? where->line : 0,
					   .code = code,
					   .what = colon ? colon + 2 : headline,
					   .more = ""};

	is_headline(headline, &annotation.severity);
	name_error(headline, code, sizeof(code));
	add(work, &annotation);
}

/* "a.c:3:9: error: words" */
static void add_c(struct work *work, const char *line)
{
	static const char *const words[] = {
		": fatal error: ", ": error: ", ": warning: "};
	struct rk_where where;

	if (!rk_where_find(line, &where) || where.path != line)
		return;
	for (size_t i = 0; i < RK_ARRAY_LEN(words); i++) {
		cleanup_free char *path = NULL;
		const char *at = strstr(line, words[i]);

		if (!at)
			continue;
		path = strndup(where.path, where.path_len);
		add(work, &(struct rk_annotation){.severity = i < 2 ? RK_SEVERITY_ERROR
								    : RK_SEVERITY_WARNING,
						  .path = path,
						  .line = where.line,
						  .code = "cc",
						  .what = at + strlen(words[i]),
						  .more = ""});
		return;
	}
}

static void add_output(struct work *work)
{
	cleanup_free char *copy = strdup(work->from->output);
	const char *open = NULL; /* a headline whose place has not come yet */
	enum rk_severity severity;
	char *rest;

	for (char *line = copy ? strtok_r(copy, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest)) {
		struct rk_where where;

		if (is_headline(line, &severity)) {
			if (open)
				add_rust(work, open, NULL);
			open = line;
		} else if (open && strstr(line, "--> ") && rk_where_find(line, &where)) {
			add_rust(work, open, &where);
			open = NULL;
		} else {
			add_c(work, line);
		}
	}
	if (open)
		add_rust(work, open, NULL);
}

/* ---- findings ---- */

/* @path: where it belongs if it does not say itself; or NULL */
static int add_finding(struct work *work, const struct rk_finding *finding,
		       const char *path, struct rk_error *err)
{
	const struct rk_annotate *from = work->from;
	const char *const dirs[] = {from->dir ? from->dir : from->top, from->top, NULL};
	cleanup_buf struct rk_buf more = RK_BUF_INIT;
	cleanup_buf struct rk_buf place = RK_BUF_INIT;
	cleanup_free char *own = NULL;
	struct rk_where where = {.line = 0};
	struct rk_annotation annotation = {.severity = finding->severity,
					   .code = finding->kind->code,
					   .what = finding->what,
					   .path = path};

	rk_buf_addf(&place, "--> %s:1", finding->where); /* its column is not known */
	if (rk_where_find(rk_buf_str(&place), &where) &&
	    rk_where_below(where.path, where.path_len, dirs, work->from->top, &own, err) <
		    0)
		return -(int)err->code;
	if (own) {
		annotation.path = own;
		annotation.line = where.line;
	}
	for (size_t i = 0; i < 3; i++) {
		const char *text = i == 0 && own ? ""
				   : i == 0      ? finding->where
				   : i == 1      ? finding->why
						 : finding->fix;

		rk_buf_addf(&more, "%s%s", more.len && text[0] ? "\n" : "", text);
	}
	annotation.more = rk_buf_str(&more);
	add(work, &annotation);
	return rk_buf_check(&more, err);
}

static int add_findings(struct work *work, const struct rk_findings *findings,
			const char *path, struct rk_error *err)
{
	for (size_t i = 0; i < findings->n_items; i++)
		if (add_finding(work, &findings->items[i], path, err) < 0)
			return -(int)err->code;
	return 0;
}

static int add_module(struct work *work, const struct rk_pipeline_module *module,
		      struct rk_error *err)
{
	const struct rk_verdict *verdict = &module->verdict;
	cleanup_free char *source = NULL;
	size_t before = work->n_errors;

	if (find_source(work, module->module->path, &source, err) < 0 ||
	    add_findings(work, &verdict->findings, source, err) < 0)
		return -(int)err->code;
	if (work->n_errors > before || module->forgiven ||
	    verdict->answer == RK_ANSWER_ACCEPT || verdict->answer == RK_ANSWER_UNDECIDED)
		return 0;
	add(work, &(struct rk_annotation){.severity = RK_SEVERITY_ERROR,
					  .path = source,
					  .code = rk_answer_name(verdict->answer),
					  .what = verdict->kernel_message
							  ? verdict->kernel_message
							  : "the kernel refuses it",
					  .more = module->module->path});
	return 0;
}

static int add_all(struct work *work, struct rk_error *err)
{
	const struct rk_pipeline *pipeline = work->from->pipeline;

	add_output(work);
	if (add_findings(work, &pipeline->findings, NULL, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < pipeline->n_modules; i++)
		if (add_module(work, &pipeline->modules[i], err) < 0)
			return -(int)err->code;
	if (pipeline->build.make_status != 0 && work->n_errors == 0)
		add(work, &(struct rk_annotation){.severity = RK_SEVERITY_ERROR,
						  .code = "failed",
						  .what = "the build failed",
						  .more = work->from->output});
	return rk_buf_check(work->ret, err);
}

int rk_annotate(const struct rk_app *app, const struct rk_annotate *from,
		struct rk_buf *ret, struct rk_error *err)
{
	struct work work = {.app = app, .from = from, .ret = ret};
	int r = from->dir ? find_makefile(&work, from->dir, &work.fallback, err) : 0;

	if (r == 0)
		r = add_all(&work, err);
	free(work.fallback);
	return r;
}

enum rk_exit rk_annotate_print(const struct rk_app *app, const char *lines)
{
	struct rk_error err = RK_ERROR_INIT;
	struct rk_json *array;

	if (app->format == RK_FORMAT_GITHUB) {
		fputs(lines, app->out);
		return RK_EXIT_OK;
	}
	array = rk_json_new_array();
	if (rk_output_json_lines(array, lines, &err) == 0)
		return rk_output_json(app, array);
	rk_json_free(array);
	return rk_cmd_fail(app, &err);
}

/* ---- for commands on one folder ---- */

void rk_annotate_hear(const struct rk_request *request, const char *line, size_t len,
		      struct rk_buf *output)
{
	enum { LIMIT = 1 << 20 };
	const char *const dirs[] = {request->dir, NULL};
	struct rk_error err = RK_ERROR_INIT;

	if (output->len + len > LIMIT)
		return;
	if (rk_where_rebase(line, dirs, rk_request_top(request), output, &err) < 0)
		output->failed = true;
	rk_buf_addc(output, '\n');
}

int rk_annotate_pipeline(const struct rk_app *app, const struct rk_pipeline *pipeline,
			 const struct rk_buf *output, struct rk_buf *ret,
			 struct rk_error *err)
{
	const struct rk_annotate from = {
		.pipeline = pipeline,
		.output = output ? rk_buf_str(output) : "",
		.top = rk_request_top(pipeline->request),
		.dir = pipeline->request->dir,
	};

	if (output && rk_buf_check(output, err) < 0)
		return -(int)err->code;
	return rk_annotate(app, &from, ret, err);
}

enum rk_exit rk_annotate_answer(const struct rk_app *app,
				const struct rk_pipeline *pipeline,
				const struct rk_buf *output)
{
	cleanup_buf struct rk_buf lines = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_annotate_pipeline(app, pipeline, output, &lines, &err) < 0)
		return rk_cmd_fail(app, &err);
	return rk_annotate_print(app, rk_buf_str(&lines));
}
