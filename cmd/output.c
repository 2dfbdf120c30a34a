/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd/annotate.h"
#include "cmd/output.h"
#include "lib/base/log.h"

/* ---- words ---- */

static enum rk_exit print_error(const struct rk_error *err)
{
	fprintf(stderr, "rkmod: %s%s%s\n", err->msg, err->cure[0] ? "; " : "", err->cure);
	return RK_EXIT_FAILED;
}

enum rk_exit rk_output_json(const struct rk_app *app, struct rk_json *value)
{
	cleanup(rk_json_free_p) struct rk_json *owned = value;
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_json_print(owned, true, &text, &err) < 0)
		return print_error(&err);
	fprintf(app->out, "%s\n", rk_buf_str(&text));
	return RK_EXIT_OK;
}

void rk_output_text(const struct rk_app *app, const char *fmt, ...)
{
	va_list args;

	if (app->format != RK_FORMAT_TEXT)
		return;
	va_start(args, fmt);
	vfprintf(app->out, fmt, args);
	va_end(args);
	putc('\n', app->out);
}

static struct rk_json *json_error(const struct rk_error *err)
{
	struct rk_json *top = rk_json_new_object();
	struct rk_json *error = rk_json_new_object();

	rk_json_add_string(error, "code", err->id ? err->id : "failed");
	rk_json_add_string(error, "message", err->msg);
	rk_json_add_string(error, "fix", err->cure[0] ? err->cure : NULL);
	rk_json_add(top, "error", error);
	return top;
}

static void annotate_error(const struct rk_app *app, const struct rk_error *err)
{
	cleanup_buf struct rk_buf lines = RK_BUF_INIT;

	rk_annotate_one(app,
			&(struct rk_annotation){.severity = RK_SEVERITY_ERROR,
						.code = err->id ? err->id : "failed",
						.what = err->msg,
						.more = err->cure},
			&lines);
	if (!lines.failed)
		rk_annotate_print(app, rk_buf_str(&lines));
}

enum rk_exit rk_cmd_fail(const struct rk_app *app, const struct rk_error *err)
{
	if (app->format == RK_FORMAT_JSON && err->code != RK_ENOMEM)
		rk_output_json(app, json_error(err));
	if (rk_annotate_is_asked(app) && err->code != RK_ENOMEM)
		annotate_error(app, err);
	return print_error(err);
}

/* Columns a text takes on a terminal: UTF-8 sequences count once. */
static size_t text_width(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

enum {
	MAX_COLUMNS = 12,
};

void rk_output_table(const struct rk_app *app, const struct rk_strv *rows, size_t n_rows)
{
	size_t width[MAX_COLUMNS] = {0};
	size_t n_columns = n_rows ? rows[0].n_items : 0;

	if (app->format != RK_FORMAT_TEXT)
		return;
	for (size_t i = 0; i < n_rows; i++)
		for (size_t j = 0; j < n_columns && j < MAX_COLUMNS; j++)
			if (text_width(rows[i].items[j]) > width[j])
				width[j] = text_width(rows[i].items[j]);
	for (size_t i = 0; i < n_rows; i++)
		for (size_t j = 0; j < n_columns && j < MAX_COLUMNS; j++) {
			const char *cell = rows[i].items[j];
			bool last = j + 1 == n_columns;

			fprintf(app->out, "%s%*s", cell,
				last ? 0 : (int)(width[j] - text_width(cell) + 2), "");
			if (last)
				putc('\n', app->out);
		}
}

/* ---- verdicts ---- */

static const char *color_of(const struct rk_app *app, enum rk_answer answer)
{
	if (!app->color)
		return "";
	switch (answer) {
	case RK_ANSWER_ACCEPT:
		return "\033[32m";
	case RK_ANSWER_UNDECIDED:
		return "\033[33m";
	default:
		return "\033[31m";
	}
}

static void print_finding(const struct rk_app *app, const struct rk_finding *finding,
			  const char *indent)
{
	const struct {
		const char *name;
		const char *text;
	} lines[] = {
		{"text", finding->text},
		{"where", finding->where},
		{"why", finding->why},
		{"fix", finding->fix},
	};

	fprintf(app->out, "%s%s: %s [%s]\n", indent, rk_severity_name(finding->severity),
		finding->what, finding->kind->code);
	for (size_t i = 0; i < RK_ARRAY_LEN(lines); i++)
		if (lines[i].text[0])
			fprintf(app->out, "%s  %s: %s\n", indent, lines[i].name,
				lines[i].text);
}

void rk_output_findings(const struct rk_app *app, const struct rk_findings *findings)
{
	if (app->format != RK_FORMAT_TEXT)
		return;
	for (size_t i = 0; i < findings->n_items; i++)
		if (app->verbose || findings->items[i].severity != RK_SEVERITY_NOTE)
			print_finding(app, &findings->items[i], "  ");
}

void rk_output_all_findings(const struct rk_app *app, const struct rk_findings *findings)
{
	if (app->format != RK_FORMAT_TEXT)
		return;
	for (size_t i = 0; i < findings->n_items; i++)
		print_finding(app, &findings->items[i], "");
}

static void print_module(const struct rk_app *app,
			 const struct rk_pipeline_module *module)
{
	const struct rk_verdict *verdict = &module->verdict;

	if (app->quiet && verdict->answer == RK_ANSWER_ACCEPT)
		return;
	fprintf(app->out, "%s: %s%s%s", module->module->path,
		color_of(app, verdict->answer), rk_answer_name(verdict->answer),
		app->color ? "\033[0m" : "");
	if (verdict->sys_errno)
		fprintf(app->out, " (%s)", rk_verdict_errno_name(verdict));
	if (verdict->kernel_message && verdict->kernel_message[0])
		fprintf(app->out, ": %s", verdict->kernel_message);
	putc('\n', app->out);
	rk_output_findings(app, &verdict->findings);
}

void rk_output_modules(const struct rk_app *app, const struct rk_pipeline *pipeline)
{
	if (app->format != RK_FORMAT_TEXT)
		return;
	for (size_t i = 0; i < pipeline->n_modules; i++)
		print_module(app, &pipeline->modules[i]);
}

/* ---- JSON ---- */

int rk_output_json_lines(struct rk_json *to, const char *lines, struct rk_error *err)
{
	static const struct rk_json_limits limits = {.size = 64 << 20, .depth = 16};

	while (*lines) {
		size_t len = strcspn(lines, "\n");
		struct rk_json *item = NULL;

		if (rk_json_parse(lines, len, &limits, &item, err) < 0)
			return -(int)err->code;
		rk_json_add(to, NULL, item);
		lines += len + (lines[len] == '\n');
	}
	return 0;
}

static const char *or_null(const char *text)
{
	return text && text[0] ? text : NULL;
}

void rk_output_json_findings(struct rk_json *to, const struct rk_findings *findings)
{
	struct rk_json *array = rk_json_new_array();

	for (size_t i = 0; i < findings->n_items; i++) {
		const struct rk_finding *finding = &findings->items[i];
		struct rk_json *item = rk_json_new_object();

		rk_json_add_string(item, "code", finding->kind->code);
		rk_json_add_string(item, "severity", rk_severity_name(finding->severity));
		rk_json_add_string(item, "what", finding->what);
		rk_json_add_string(item, "where", or_null(finding->where));
		rk_json_add_string(item, "why", or_null(finding->why));
		rk_json_add_string(item, "fix", or_null(finding->fix));
		if (finding->text[0])
			rk_json_add_string(item, "text", finding->text);
		rk_json_add(array, NULL, item);
	}
	rk_json_add(to, "findings", array);
}

void rk_output_json_modules(struct rk_json *to, const struct rk_pipeline *pipeline)
{
	struct rk_json *array = rk_json_new_array();

	for (size_t i = 0; i < pipeline->n_modules; i++) {
		const struct rk_pipeline_module *module = &pipeline->modules[i];
		const struct rk_verdict *verdict = &module->verdict;
		struct rk_json *item = rk_json_new_object();

		rk_json_add_string(item, "file", module->module->path);
		rk_json_add_string(item, "verdict", rk_answer_name(verdict->answer));
		rk_json_add_string(item, "errno", rk_verdict_errno_name(verdict));
		rk_json_add_string(item, "kernel_message",
				   or_null(verdict->kernel_message));
		rk_json_add_string(item, "taints", verdict->taints);
		rk_output_json_findings(item, &verdict->findings);
		rk_json_add(array, NULL, item);
	}
	rk_json_add(to, "modules", array);
}

void rk_output_json_kernel(struct rk_json *to, const struct rk_kernel *kernel)
{
	struct rk_json *item;

	if (!kernel) {
		rk_json_add_null(to, "kernel");
		return;
	}
	item = rk_json_new_object();
	rk_json_add_string(item, "release", kernel->release);
	rk_json_add_string(item, "kdir", kernel->kdir_real);
	rk_json_add_string(item, "root",
			   kernel->root->is_host ? NULL : kernel->root->path);
	rk_json_add_string(item, "arch", kernel->srcarch);
	rk_json_add_string(item, "vermagic", kernel->vermagic);
	rk_json_add_bool(item, "rust", kernel->rust);
	rk_json_add_bool(item, "modversions", kernel->modversions);
	rk_json_add_string(item, "rustc", or_null(kernel->rustc_text));
	rk_json_add_string(item, "cc", or_null(kernel->cc_text));
	rk_json_add_string(item, "package", or_null(kernel->package));
	rk_json_add_string(item, "package_version", or_null(kernel->package_version));
	rk_json_add(to, "kernel", item);
}

void rk_output_json_toolchain(struct rk_json *to, const struct rk_toolchain *toolchain)
{
	struct rk_json *item;

	if (!toolchain) {
		rk_json_add_null(to, "toolchain");
		return;
	}
	item = rk_json_new_object();
	rk_json_add_string(item, "wanted", or_null(toolchain->wanted));
	rk_json_add_string(item, "rustc",
			   toolchain->rustc ? toolchain->rustc->path : NULL);
	rk_json_add_string(item, "rustc_version",
			   toolchain->rustc ? toolchain->rustc->text : NULL);
	rk_json_add_string(item, "llvm", or_null(toolchain->llvm));
	rk_json_add_string(item, "cc", or_null(toolchain->cc));
	rk_json_add(to, "toolchain", item);
}

static const char *origin_name(enum rk_metadata_origin origin)
{
	switch (origin) {
	case RK_METADATA_KDIR:
		return "kdir";
	case RK_METADATA_LINK:
		return "link";
	case RK_METADATA_CACHE:
		return "cache";
	case RK_METADATA_SYSTEM:
		return "system";
	default:
		return "none";
	}
}

void rk_output_json_metadata(struct rk_json *to, const struct rk_metadata *metadata)
{
	struct rk_json *item;

	if (!metadata) {
		rk_json_add_null(to, "metadata");
		return;
	}
	item = rk_json_new_object();
	rk_json_add_string(item, "origin", origin_name(metadata->origin));
	rk_json_add_string(item, "dir", or_null(metadata->dir));
	rk_json_add_string(item, "key", or_null(metadata->key));
	rk_json_add_string(item, "rustc", or_null(metadata->rustc_text));
	if (rk_metadata_is_set(metadata))
		rk_json_add_int(item, "exports", (int64_t)metadata->n_exports);
	rk_json_add(to, "metadata", item);
}

/* ---- what is said while it works ---- */

/* A line of progress without newline stands on the terminal. */
static bool in_progress;

static void end_progress(void)
{
	if (in_progress)
		fputs("\r\033[K", stderr);
	in_progress = false;
}

static void print_progress(const struct rk_log_event *event)
{
	fprintf(stderr, "\r\033[K%s", event->text);
	if (event->percent >= 0)
		fprintf(stderr, " %d%%", event->percent);
	if (event->eta_s >= 0)
		fprintf(stderr, ", about %d s left", event->eta_s);
	fflush(stderr);
	in_progress = true;
}

static bool is_shown(const struct rk_app *app, enum rk_log_kind kind)
{
	switch (kind) {
	case RK_LOG_DEBUG:
		return app->verbose;
	case RK_LOG_STEP:
		return !app->quiet && (app->terminal || app->verbose);
	case RK_LOG_PROGRESS:
		return !app->quiet && app->terminal;
	default:
		return true;
	}
}

void rk_output_log(void *data, const struct rk_log_event *event)
{
	const struct rk_app *app = data;

	if (!is_shown(app, event->kind))
		return;
	if (event->kind == RK_LOG_PROGRESS) {
		print_progress(event);
		return;
	}
	end_progress();
	if (event->kind == RK_LOG_OUTPUT)
		fprintf(stderr, "%s\n", event->text);
	else
		fprintf(stderr, "rkmod: %s%s\n",
			event->kind == RK_LOG_WARNING ? "warning: " : "", event->text);
}

void rk_output_tool_line(void *app, const char *line, size_t len, bool is_stderr)
{
	(void)len;
	if (!is_stderr && !is_shown(app, RK_LOG_STEP))
		return;
	end_progress();
	fprintf(stderr, "%s\n", line);
}
