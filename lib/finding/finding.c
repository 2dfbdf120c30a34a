/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "lib/finding/finding.h"

/* What the setters get when memory ran out: its strings are never owned. */
static struct rk_finding dummy;

const char *rk_severity_name(enum rk_severity severity)
{
	static const char *const names[] = {"note", "warning", "error"};

	return names[severity];
}

/* "" needs no memory of its own; free_text() knows. */
static char empty_text[] = "";

static void free_text(char *text)
{
	if (text != empty_text)
		free(text);
}

/* Names come out of hostile files: no line feed, no terminal control. */
static void make_one_line(char *text)
{
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
}

static void RK_PRINTF(3, 0) set_text(struct rk_findings *findings, char **field,
				     const char *fmt, va_list args)
{
	char *text = NULL;

	if (findings->failed)
		return;
	if (vasprintf(&text, fmt, args) < 0) {
		findings->failed = true;
		return;
	}
	make_one_line(text);
	free_text(*field);
	*field = text;
}

/* A growing array with no capacity of its own: it doubles at powers of two. */
static struct rk_finding *append(struct rk_findings *findings)
{
	size_t n = findings->n_items;
	struct rk_finding *items;

	if ((n & (n - 1)) != 0)
		return &findings->items[findings->n_items++];
	items = reallocarray(findings->items, n ? 2 * n : 1, sizeof(*items));
	if (!items)
		return NULL;
	findings->items = items;
	return &findings->items[findings->n_items++];
}

struct rk_finding *rk_findings_add(struct rk_findings *findings, const char *code,
				   const char *fmt, ...)
{
	const struct rk_finding_kind *kind = rk_finding_kind(code);
	struct rk_finding *finding;
	va_list args;

	assert(kind);
	if (!kind)
		kind = rk_finding_kind("failed");
	finding = findings->failed ? NULL : append(findings);
	if (!finding) {
		findings->failed = true;
		return &dummy;
	}
	*finding = (struct rk_finding){
		.kind = kind,
		.severity = kind->severity,
		.what = empty_text,
		.where = empty_text,
		.why = empty_text,
		.fix = empty_text,
		.text = empty_text,
	};
	va_start(args, fmt);
	set_text(findings, &finding->what, fmt, args);
	va_end(args);
	return finding;
}

void rk_finding_where(struct rk_findings *findings, struct rk_finding *finding,
		      const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set_text(findings, &finding->where, fmt, args);
	va_end(args);
}

void rk_finding_why(struct rk_findings *findings, struct rk_finding *finding,
		    const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set_text(findings, &finding->why, fmt, args);
	va_end(args);
}

void rk_finding_fix(struct rk_findings *findings, struct rk_finding *finding,
		    const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set_text(findings, &finding->fix, fmt, args);
	va_end(args);
}

void rk_finding_text(struct rk_findings *findings, struct rk_finding *finding,
		     const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set_text(findings, &finding->text, fmt, args);
	va_end(args);
}

void rk_findings_add_error(struct rk_findings *findings, const struct rk_error *error)
{
	const char *id = error->id && rk_finding_kind(error->id) ? error->id : "failed";
	struct rk_finding *finding = rk_findings_add(findings, id, "%s", error->msg);

	if (error->cure[0])
		rk_finding_fix(findings, finding, "%s", error->cure);
}

int rk_findings_check(const struct rk_findings *findings, struct rk_error *err)
{
	return findings->failed ? rk_error_nomem(err) : 0;
}

void rk_findings_release(struct rk_findings *findings)
{
	for (size_t i = 0; i < findings->n_items; i++) {
		struct rk_finding *finding = &findings->items[i];

		free_text(finding->what);
		free_text(finding->where);
		free_text(finding->why);
		free_text(finding->fix);
		free_text(finding->text);
	}
	free(findings->items);
	*findings = (struct rk_findings)RK_FINDINGS_INIT;
}
