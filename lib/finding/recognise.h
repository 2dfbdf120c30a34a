/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_FINDING_RECOGNISE_H
#define RK_FINDING_RECOGNISE_H

#include "lib/finding/finding.h"

/*
 * Recognises what make, rustc, modpost, linkers, insmod and the kernel's log say.
 *
 * It works on lines, with a short memory: colour, line endings, prefixes ("make[2]: ",
 * "[   12.3] ", "> "), and lines of another job between two that belong together, make no
 * difference. The same text many times is one finding.
 */
struct rk_recogniser;

/* What a recogniser found. Owned by it. */
struct rk_recognised {
	const struct rk_text *row; /* of the table in texts.c or drift.c */
	char *text;  /* the original line without colour; " | " before those that complete
			it */
	size_t line; /* where it stood first, from 1 */
	size_t count; /* how many times */
	struct rk_capture *captures;
	size_t n_captures;
};

RK_MUST_CHECK int rk_recogniser_new(struct rk_recogniser **ret, struct rk_error *err);
void rk_recogniser_free(struct rk_recogniser *recogniser); /* accepts NULL */
RK_CLEANUP_FUNC(struct rk_recogniser *, rk_recogniser_free);

/* One line, without its newline. Lack of memory is told by rk_recogniser_finish(). */
void rk_recogniser_line(struct rk_recogniser *recogniser, const char *line, size_t len);

/* Text in pieces of any size, cut into lines here. */
void rk_recogniser_feed(struct rk_recogniser *recogniser, const char *data, size_t size);

/**
 * rk_recogniser_finish() - what was recognised, in the order of the text
 * @ret: @ret_n items, valid as long as @recogniser
 */
RK_MUST_CHECK int rk_recogniser_finish(struct rk_recogniser *recogniser,
				       const struct rk_recognised **ret, size_t *ret_n,
				       struct rk_error *err);

/* The catalogue's code of what was recognised. */
const char *rk_recognised_code(const struct rk_recognised *item);
/* A part of the text: "symbol", "crate", "made", ...; NULL if it is not in it. */
const char *rk_recognised_part(const struct rk_recognised *item, const char *name);

/* Cause and cure as the text alone tells them; Rust names are demangled. Return: as
 * rk_findings_add(). */
struct rk_finding *rk_recognised_add(const struct rk_recognised *item,
				     struct rk_findings *findings);

#endif
