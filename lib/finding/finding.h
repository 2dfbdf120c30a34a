/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_FINDING_FINDING_H
#define RK_FINDING_FINDING_H

#include "lib/base/buf.h"

enum rk_severity {
	RK_SEVERITY_NOTE,    /* harmless, said so that nobody wonders */
	RK_SEVERITY_WARNING, /* works, with a price */
	RK_SEVERITY_ERROR,   /* stands between the user and a loaded module */
};
const char *rk_severity_name(enum rk_severity severity); /* "note", "warning", "error" */

/* One row of the catalogue: codes are stable, they stand in scripts and bug reports. */
struct rk_finding_kind {
	const char *code; /* "symbol-unknown" */
	enum rk_severity severity;
	const char *title; /* what it is, for `rkmod explain --list` */
	const char *cause; /* why it happens, for `rkmod explain CODE` */
	const char *cure;  /* what to do, in general */
};

/* NULL: no such code. */
const struct rk_finding_kind *rk_finding_kind(const char *code);
/* The whole catalogue, sorted by code; ends with a row whose code is NULL. */
extern const struct rk_finding_kind rk_finding_catalogue[];

struct rk_finding {
	const struct rk_finding_kind *kind;
	enum rk_severity severity;
	char *what;  /* one line */
	char *where; /* section, offset, symbol, file; "" if it has no place */
	char *why;   /* "" if what says it all */
	char *fix;   /* "" if there is nothing to do */
	char *text;  /* what a tool or the kernel said, "" if it is rkmod's own finding */
};

/* Adding never fails on the spot: rk_findings_check() reports it once. */
struct rk_findings {
	struct rk_finding *items;
	size_t n_items;
	bool failed;
};
#define RK_FINDINGS_INIT                                                                 \
	{                                                                                \
		0                                                                        \
	}

/**
 * rk_findings_add() - a finding of a kind
 * @code: must be in the catalogue
 * Return: the new finding (what set, the rest ""), valid until the next addition; on
 * lack of memory a static dummy, so that the setters below need no check.
 */
struct rk_finding *rk_findings_add(struct rk_findings *findings, const char *code,
				   const char *fmt, ...) RK_PRINTF(3, 4);
void rk_finding_where(struct rk_findings *findings, struct rk_finding *finding,
		      const char *fmt, ...) RK_PRINTF(3, 4);
void rk_finding_why(struct rk_findings *findings, struct rk_finding *finding,
		    const char *fmt, ...) RK_PRINTF(3, 4);
void rk_finding_fix(struct rk_findings *findings, struct rk_finding *finding,
		    const char *fmt, ...) RK_PRINTF(3, 4);
void rk_finding_text(struct rk_findings *findings, struct rk_finding *finding,
		     const char *fmt, ...) RK_PRINTF(3, 4);
/* An error as a finding: its id must be in the catalogue; without one "failed". */
void rk_findings_add_error(struct rk_findings *findings, const struct rk_error *error);

RK_MUST_CHECK int rk_findings_check(const struct rk_findings *findings,
				    struct rk_error *err);
void rk_findings_release(struct rk_findings *findings);

/* A v0-mangled Rust name in readable form (libiberty); a copy of @name if it is none.
 * free() it. */
RK_MUST_CHECK int rk_demangle(const char *name, char **ret, struct rk_error *err);

#endif
