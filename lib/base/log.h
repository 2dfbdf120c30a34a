/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_BASE_LOG_H
#define RK_BASE_LOG_H

#include "lib/base/cleanup.h"

/*
 * How lib/ speaks while it works: through one callback that main sets. Without one
 * nothing is said. Never results: those are returned.
 */
enum rk_log_kind {
	RK_LOG_DEBUG,    /* a decision and its reason, shown with -v */
	RK_LOG_STEP,     /* something long begins; shown unless -q */
	RK_LOG_PROGRESS, /* the running step moves; terminals only, replaces the line
			    before */
	RK_LOG_WARNING,  /* goes on, but the user should know */
	RK_LOG_OUTPUT,   /* a line of a tool that runs for the user, as it came */
};

struct rk_log_event {
	enum rk_log_kind kind;
	const char *text; /* one line without newline; for the call only */
	int percent;      /* RK_LOG_PROGRESS: 0 to 100, -1 unknown */
	int eta_s;        /* RK_LOG_PROGRESS: seconds left, -1 unknown */
};

typedef void (*rk_log_fn)(void *data, const struct rk_log_event *event);

/* Once, from main, before anything else. */
void rk_log_to(rk_log_fn fn, void *data);

void rk_log(enum rk_log_kind kind, const char *fmt, ...) RK_PRINTF(2, 3);
void rk_log_progress(int percent, int eta_s, const char *fmt, ...) RK_PRINTF(3, 4);

#endif
