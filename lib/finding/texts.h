/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_FINDING_TEXTS_H
#define RK_FINDING_TEXTS_H

#include "lib/base/cleanup.h"

/*
 * A text to recognise.
 *
 * Patterns are literal text with captures. {name} takes one word, {name*} anything, at
 * least one character, as few as possible; {name=_R} a word that begins so. "$" as the
 * last character: the line ends here. A pattern begins with literal text, may stand
 * anywhere in a line, and has a piece of at least four literal characters. Blanks count
 * once. Of several that match a line the one with the most literal text is taken.
 *
 * what, why and fix are templates: {name} is the capture, {more} " and N more" for what
 * was seen often. One with a capture that the text did not have, and NULL, stand for the
 * catalogue's title, cause or cure.
 */
struct rk_text {
	const char *code; /* of the catalogue */
	const char *pattern;
	const char *after; /* a pattern that matched one of the lines before; NULL: none
			      needed */
	const char *what;
	const char *why;
	const char *fix;
	bool more; /* completes a finding of this code that stands a few lines before;
		      alone it is nothing */
	bool weak; /* says nothing if a finding follows within a few lines */
};

/* Tables sorted by code; they end with a row whose code is NULL. */
extern const struct rk_text rk_texts[];       /* texts.c */
extern const struct rk_text rk_drift_texts[]; /* drift.c: changes of the kernel's API */

#endif
