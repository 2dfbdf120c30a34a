/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/load-report.h"
#include "cmd/output.h"

/* ---- text ---- */

/* At most @max of a kind. */
static void print_lines(const struct rk_kernel_log *log, enum rk_log_line_kind kind,
			size_t max)
{
	for (size_t i = 0; i < log->n_items && max; i++) {
		const struct rk_log_line *line = &log->items[i];

		if (line->kind != kind)
			continue;
		printf("  | %s%s%s%s\n", line->text, line->note ? "  (" : "",
		       line->note ? line->note : "", line->note ? ")" : "");
		max--;
	}
}

static size_t count_lines(const struct rk_kernel_log *log, enum rk_log_line_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < log->n_items; i++)
		n += log->items[i].kind == kind;
	return n;
}

void rk_load_report_log(const struct rk_app *app, const struct rk_kernel_log *log)
{
	enum {
		MAX_OTHERS = 12, /* of an oops, what and where */
	};
	size_t n_others = count_lines(log, RK_LINE_KERNEL);

	if (app->format != RK_FORMAT_TEXT)
		return;
	print_lines(log, RK_LINE_MODULE, SIZE_MAX);
	print_lines(log, RK_LINE_HARMLESS, SIZE_MAX);
	if (n_others)
		puts("  the kernel said besides:");
	print_lines(log, RK_LINE_KERNEL, app->verbose ? SIZE_MAX : MAX_OTHERS);
	if (n_others > MAX_OTHERS && !app->verbose)
		printf("  and %zu lines more, which -v shows\n", n_others - MAX_OTHERS);
	if (log->n_lost || log->n_dropped)
		printf("  %llu lines of the kernel's log were overwritten before they could be read, %llu more are not kept\n",
		       (unsigned long long)log->n_lost,
		       (unsigned long long)log->n_dropped);
}

/* What the kernel's answer says about the prediction. */
static void print_agreement(const struct rk_load *load, const struct rk_load_item *item)
{
	switch (item->agreement) {
	case RK_AGREEMENT_YES:
		puts("  as predicted");
		break;
	case RK_AGREEMENT_INIT:
		if (item->result == RK_LOAD_TIMEOUT) {
			printf("  as predicted so far; 'rkmod status %s' tells when it is live\n",
			       item->name);
			break;
		}
		puts("  the loader accepted it, as predicted; the module itself failed");
		break;
	case RK_AGREEMENT_UNKNOWN:
		if (load->kernel)
			puts("  it could not be predicted:");
		else
			printf("  there was no prediction: %s%s%s\n",
			       load->kernel_error.msg,
			       load->kernel_error.cure[0] ? "; " : "",
			       load->kernel_error.cure);
		break;
	case RK_AGREEMENT_NO:
		printf("  the prediction was '%s%s%s', and the kernel did otherwise: that is a defect of rkmod\n",
		       rk_answer_name(item->verdict.answer),
		       item->verdict.sys_errno ? " " : "",
		       item->verdict.sys_errno ? rk_verdict_errno_name(&item->verdict)
					       : "");
		if (load->report)
			printf("  please report it, with '%s'\n", load->report);
		break;
	case RK_AGREEMENT_NONE:
		break;
	}
}

static void print_refused(const struct rk_app *app, const struct rk_load_item *item)
{
	const struct rk_verdict *verdict = &item->verdict;

	printf("%s: not inserted: %s", item->name, rk_answer_name(verdict->answer));
	if (verdict->sys_errno)
		printf(" (%s, %s)", rk_verdict_errno_name(verdict),
		       rk_load_errno_meaning(verdict->sys_errno));
	if (verdict->kernel_message[0])
		printf(": %s", verdict->kernel_message);
	putchar('\n');
	rk_output_findings(app, &verdict->findings);
}

static void print_failed(const struct rk_load_item *item)
{
	const char *reason = rk_kernel_log_reason(&item->log);
	const char *name = strerrorname_np(item->sys_errno);

	if (!name)
		name = "524";
	if (item->agreement == RK_AGREEMENT_INIT) {
		printf("%s: not loaded: its init function answered %s (%s)\n", item->name,
		       name, strerror(item->sys_errno));
		return;
	}
	printf("%s: the kernel refused: %s (%s)%s%s\n", item->name, name,
	       rk_load_errno_meaning(item->sys_errno), reason ? ": " : "",
	       reason ? reason : "; it did not say why");
}

static void print_item(const struct rk_app *app, const struct rk_load *load,
		       const struct rk_load_item *item)
{
	const char *needed = item->is_dependency ? " (needed first)" : "";

	if (item->install && item->install[0])
		printf("%s: modprobe.d has a command for it, which is not run: %s\n",
		       item->name, item->install);
	if (item->is_blacklisted)
		printf("%s: modprobe.d blacklists it; it was asked for by its name\n",
		       item->name);
	switch (item->result) {
	case RK_LOAD_LOADED:
		if (item->remove_errno)
			printf("%s: loaded%s, and could not be removed again: %s\n",
			       item->name, needed, strerror(item->remove_errno));
		else
			printf("%s: loaded%s%s\n", item->name, needed,
			       item->is_beside ? ", from the same folder" : "");
		break;
	case RK_LOAD_REFUSED:
		print_refused(app, item);
		return;
	case RK_LOAD_FAILED:
		print_failed(item);
		break;
	case RK_LOAD_KILLED:
		printf("%s: the kernel fell over while loading it; restart the machine, it may hold locks for ever\n",
		       item->name);
		break;
	case RK_LOAD_TIMEOUT:
		printf("%s: no answer from the kernel within the limit; it may still be loading\n",
		       item->name);
		break;
	case RK_LOAD_REMOVED:
		printf("%s: loaded%s, and removed again\n", item->name, needed);
		break;
	case RK_LOAD_ALREADY:
		printf("%s: is there already%s\n", item->name, needed);
		return;
	case RK_LOAD_NOT_TRIED:
		if (!item->is_dependency)
			printf("%s: not inserted, because what it needs is not there\n",
			       item->name);
		return;
	}
	if (app->verbose && item->build_id[0])
		printf("  build-id of what was judged: %s\n", item->build_id);
	/* Of what is needed first only trouble is interesting. */
	if (item->is_dependency && item->agreement == RK_AGREEMENT_YES &&
	    item->result != RK_LOAD_FAILED && !app->verbose)
		return;
	print_agreement(load, item);
	if (item->agreement == RK_AGREEMENT_UNKNOWN || item->is_forced)
		rk_output_findings(app, &item->verdict.findings);
	if (item->is_forced)
		puts("  it was inserted by force");
	rk_load_report_log(app, &item->log);
}

void rk_load_report_text(const struct rk_app *app, const struct rk_load *load)
{
	if (app->format != RK_FORMAT_TEXT)
		return;
	if (load->was_unloaded) {
		printf("%s: unloaded\n", load->items[load->target].name);
		rk_load_report_log(app, &load->unload_log);
	}
	for (size_t i = 0; i < load->n_items; i++)
		print_item(app, load, &load->items[i]);
	if (load->was_unloaded && !rk_load_is_good(load))
		printf("%s: the old one is unloaded, and the new one is not loaded\n",
		       load->items[load->target].name);
}

/* ---- JSON ---- */

static const char *kind_name(enum rk_log_line_kind kind)
{
	static const char *const names[] = {[RK_LINE_MODULE] = "module",
					    [RK_LINE_KERNEL] = "kernel",
					    [RK_LINE_HARMLESS] = "harmless"};

	return names[kind];
}

void rk_load_report_json_log(struct rk_json *to, const struct rk_kernel_log *log)
{
	struct rk_json *lines = rk_json_new_array();

	for (size_t i = 0; i < log->n_items; i++) {
		struct rk_json *line = rk_json_new_object();

		rk_json_add_string(line, "kind", kind_name(log->items[i].kind));
		rk_json_add_string(line, "text", log->items[i].text);
		rk_json_add_string(line, "note", log->items[i].note);
		rk_json_add(lines, NULL, line);
	}
	rk_json_add(to, "log", lines);
	rk_json_add_int(to, "log_lost", (int64_t)log->n_lost);
	rk_json_add_int(to, "log_dropped", (int64_t)log->n_dropped);
}

static void add_verdict(struct rk_json *to, const struct rk_load_item *item)
{
	const struct rk_verdict *verdict = &item->verdict;

	if (!item->has_verdict) {
		rk_json_add_null(to, "verdict");
		return;
	}
	rk_json_add_string(to, "verdict", rk_answer_name(verdict->answer));
	rk_json_add_string(to, "verdict_errno", rk_verdict_errno_name(verdict));
	rk_json_add_string(to, "kernel_message",
			   verdict->kernel_message[0] ? verdict->kernel_message : NULL);
	rk_json_add_string(to, "taints", verdict->taints);
	rk_output_json_findings(to, &verdict->findings);
}

static struct rk_json *json_item(const struct rk_load_item *item)
{
	struct rk_json *to = rk_json_new_object();

	rk_json_add_string(to, "name", item->name);
	rk_json_add_string(to, "file", item->module ? item->module->path : NULL);
	rk_json_add_string(to, "build_id", item->build_id[0] ? item->build_id : NULL);
	rk_json_add_string(to, "parameters", item->params);
	rk_json_add_bool(to, "dependency", item->is_dependency);
	rk_json_add_bool(to, "optional", item->is_optional);
	rk_json_add_bool(to, "forced", item->is_forced);
	add_verdict(to, item);
	rk_json_add_string(to, "result", rk_load_result_name(item->result));
	rk_json_add_string(
		to, "errno",
		item->result == RK_LOAD_FAILED ? strerrorname_np(item->sys_errno) : NULL);
	rk_json_add_string(to, "agreement", rk_agreement_name(item->agreement));
	rk_json_add_int(to, "judge_usec", item->judge_usec);
	rk_json_add_int(to, "call_usec", item->call_usec);
	rk_load_report_json_log(to, &item->log);
	return to;
}

enum rk_exit rk_load_report_json(const struct rk_app *app, const struct rk_load *load)
{
	struct rk_json *top = rk_json_new_object();
	struct rk_json *modules = rk_json_new_array();

	rk_json_add_bool(top, "ok", rk_load_is_good(load));
	rk_output_json_kernel(top, load->kernel);
	rk_json_add_bool(top, "unloaded", load->was_unloaded);
	for (size_t i = 0; i < load->n_items; i++)
		rk_json_add(modules, NULL, json_item(&load->items[i]));
	rk_json_add(top, "modules", modules);
	rk_json_add_string(top, "report", load->report);
	return rk_output_json(app, top);
}
