/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_FINDING_PATTERN_H
#define RK_FINDING_PATTERN_H

#include "lib/base/buf.h"

/* The patterns that texts.h describes. Patterns are ours, lines are untrusted. */
enum {
	RK_PATTERN_ANCHOR_LEN = 4, /* of the literal piece that each pattern has */
	RK_CAPTURES_MAX = 6,
};

/* Captures as they point into pattern and line. */
struct rk_captures {
	struct {
		const char *name;
		const char *value;
		size_t name_len;
		size_t value_len;
	} items[RK_CAPTURES_MAX];
	size_t n_items;
};

/* A capture that is kept. */
struct rk_capture {
	char *value;
	const char *name; /* in the pattern, not terminated */
	size_t name_len;
};

/* The number of literal characters; @ret_anchor is where the longest piece begins. */
size_t rk_pattern_weight(const char *pattern, size_t *ret_anchor);

/* Anywhere in @line. The effort is a small multiple of both lengths' sum. */
bool rk_pattern_match(const char *pattern, const char *line, struct rk_captures *ret);

/* Adds copies to @items; a name that is there already keeps its value. */
RK_MUST_CHECK int rk_captures_keep(const struct rk_captures *captures,
				   struct rk_capture **items, size_t *n_items,
				   struct rk_error *err);
/* NULL: none of that name. */
const char *rk_captures_find(const struct rk_capture *items, size_t n_items,
			     const char *name, size_t name_len);
void rk_captures_release(struct rk_capture *items, size_t n_items);

#endif
