/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>

#include "lib/base/log.h"

static struct {
	rk_log_fn fn;
	void *data;
} sink;

void rk_log_to(rk_log_fn fn, void *data)
{
	sink.fn = fn;
	sink.data = data;
}

static void RK_PRINTF(2, 0)
	emit(struct rk_log_event *event, const char *fmt, va_list args)
{
	char text[4096];

	vsnprintf(text, sizeof(text), fmt, args);
	event->text = text;
	sink.fn(sink.data, event);
}

void rk_log(enum rk_log_kind kind, const char *fmt, ...)
{
	struct rk_log_event event = {.kind = kind, .percent = -1, .eta_s = -1};
	va_list args;

	if (!sink.fn)
		return;
	va_start(args, fmt);
	emit(&event, fmt, args);
	va_end(args);
}

void rk_log_progress(int percent, int eta_s, const char *fmt, ...)
{
	struct rk_log_event event = {
		.kind = RK_LOG_PROGRESS, .percent = percent, .eta_s = eta_s};
	va_list args;

	if (!sink.fn)
		return;
	va_start(args, fmt);
	emit(&event, fmt, args);
	va_end(args);
}
